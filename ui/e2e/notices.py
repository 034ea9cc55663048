"""Takes the notices of the desktop in the place of its own service, and prints
each as a line of JSON: its title and its text."""

import json

import gi

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib

INTERFACE = """
<node><interface name="org.freedesktop.Notifications">
  <method name="Notify">
    <arg type="s" direction="in"/><arg type="u" direction="in"/><arg type="s" direction="in"/>
    <arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="as" direction="in"/>
    <arg type="a{sv}" direction="in"/><arg type="i" direction="in"/><arg type="u" direction="out"/>
  </method>
  <method name="GetCapabilities"><arg type="as" direction="out"/></method>
  <method name="GetServerInformation">
    <arg type="s" direction="out"/><arg type="s" direction="out"/>
    <arg type="s" direction="out"/><arg type="s" direction="out"/>
  </method>
</interface></node>
"""


def answer(connection, sender, path, interface, method, arguments, call):
    if method == "Notify":
        title, text = arguments.unpack()[3:5]
        print(json.dumps({"title": title, "text": text}), flush=True)
        call.return_value(GLib.Variant("(u)", (1,)))
    elif method == "GetCapabilities":
        call.return_value(GLib.Variant("(as)", (["body"],)))
    else:
        call.return_value(GLib.Variant("(ssss)", ("notices", "Rushes", "1", "1.2")))


def offer(connection, name):
    node = Gio.DBusNodeInfo.new_for_xml(INTERFACE)
    connection.register_object("/org/freedesktop/Notifications", node.interfaces[0], answer, None, None)


Gio.bus_own_name(
    Gio.BusType.SESSION,
    "org.freedesktop.Notifications",
    Gio.BusNameOwnerFlags.NONE,
    offer,
    lambda connection, name: print(json.dumps({"ready": True}), flush=True),
    None,
)
GLib.MainLoop().run()
