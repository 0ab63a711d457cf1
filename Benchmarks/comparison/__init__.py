"""Waybill beside the tools that people would use instead. See compare.py."""
