"""The plan as everybody may see it: pages, a style, an icon and the same as JSON, for the web or for a folder of files."""
