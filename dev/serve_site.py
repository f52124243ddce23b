"""The WSGI application of one site, whatever host name the browser used. For gunicorn, in the bench's sites folder."""

import os

import frappe.app

frappe.app._site = os.environ["SUPPORT_SERVICE_SITE"]
application = frappe.app.application_with_statics()
