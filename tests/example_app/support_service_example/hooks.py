app_name = "support_service_example"
app_title = "Support Service Example"
app_publisher = "support_service contributors"
app_description = "Example of an app that extends support_service"
app_email = "support_service@example.com"
app_license = "gpl-3.0"
required_apps = ["support_service"]

# a door more for cases to come in
support_service_intake_channels = ["support_service_example.wechat.CHANNEL"]

# a way more to tell the customer: the name is what `preferred_channel` of a case and contact says
support_service_message_senders = {"Text Message": "support_service_example.texting.send"}

# a promise more a policy can make, and something more a step of its escalation ladder can do
support_service_clock_kinds = ["support_service_example.promises.CALL_BACK"]
support_service_escalation_actions = {"Chat Robot": "support_service_example.promises.notify_the_room"}
