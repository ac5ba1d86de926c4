"""The house: settings, addresses, servers, and how the whole is started."""
