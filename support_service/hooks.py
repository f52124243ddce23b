app_name = "support_service"
app_title = "After-Sales Service"
app_publisher = "support_service contributors"
app_description = "After-sales and field service for ERPNext"
app_email = "support_service@example.com"
app_license = "gpl-3.0"
required_apps = ["erpnext"]

export_python_type_annotations = True
