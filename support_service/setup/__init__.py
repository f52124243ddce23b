"""What the app adds to a site beside its own DocTypes, applied by `install` and taken away by `uninstall`."""
