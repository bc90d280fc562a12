"""The generated code of the protocol (proto/telex/v1), made by setup.py."""
