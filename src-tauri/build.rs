//! Gives every command of the page a permission of its own, and checks the
//! capabilities that hand them to windows.

#[path = "src/commands/names.rs"]
mod names;

fn main() {
    println!("cargo:rerun-if-changed=src-tauri/capabilities");
    let commands = tauri_build::InlinedPlugin::new()
        .commands(names::COMMANDS)
        .default_permission(tauri_build::DefaultPermissionRule::AllowAllCommands);
    let attributes = tauri_build::Attributes::new()
        .capabilities_path_pattern("./src-tauri/capabilities/*.json")
        .plugin(names::PLUGIN, commands);
    if let Err(error) = tauri_build::try_build(attributes) {
        // A build script has nobody else to tell.
        eprintln!("{error:#}");
        std::process::exit(1);
    }
}
