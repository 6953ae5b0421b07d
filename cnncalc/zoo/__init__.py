"""The networks that ship with the tool."""
