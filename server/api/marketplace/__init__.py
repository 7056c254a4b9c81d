"""The Marketplace's REST interface, so that its clients work with Tokendesk unchanged.

Names and forms follow the Marketplace; rules of the product belong in the services.
"""
