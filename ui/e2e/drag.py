"""A file manager for tests: a small window from which files can be dragged.

Usage: drag.py FILE...   (prints "ready"; ends when the drag has ended)
"""

import pathlib
import sys

import gi

gi.require_version("Gdk", "3.0")
gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, Gtk  # noqa: E402

SIDE = 40

uris = [pathlib.Path(path).absolute().as_uri() for path in sys.argv[1:]]
window = Gtk.Window(type=Gtk.WindowType.POPUP)
# In the corner that the application's window leaves free.
screen = Gdk.Screen.get_default()
window.move(screen.get_width() - SIDE, screen.get_height() - SIDE)
box = Gtk.EventBox()
box.set_size_request(SIDE, SIDE)
window.add(box)
box.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, [], Gdk.DragAction.COPY)
box.drag_source_add_uri_targets()
box.connect("drag-data-get", lambda _box, _context, data, _info, _time: data.set_uris(uris))
box.connect("drag-end", lambda *_: Gtk.main_quit())
window.show_all()
print("ready", flush=True)
Gtk.main()
