//! The manifest names what russh's does: its dependencies, versions and features are ours, until the next russh.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;

/// Every package of this workspace's lock, as cargo knows it.
fn packages() -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--offline", "--locked", "--filter-platform"])
        .arg(env!("TARGET"))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

fn package<'p>(packages: &'p [Value], name: &str) -> &'p Value {
    packages.iter().find(|package| package["name"] == name).unwrap_or_else(|| panic!("no {name}"))
}

/// What a package depends on to be built, by name and platform: version, features, whether it is optional and with defaults.
fn dependencies(package: &Value) -> BTreeMap<(String, String), String> {
    let ordinary = package["dependencies"].as_array().unwrap().iter().filter(|dependency| dependency["kind"].is_null());
    ordinary
        .map(|dependency| {
            let text = |key: &str| dependency[key].to_string();
            let what = ["req", "features", "optional", "uses_default_features"].map(text).join(" ");
            ((text("name"), text("target")), what)
        })
        .collect()
}

#[test]
fn dependencies_are_those_of_russh() {
    let packages = packages();
    let mut ours = dependencies(package(&packages, "russh-hostbased"));
    let mut theirs = dependencies(package(&packages, "russh"));
    assert!(theirs.len() > 50, "{theirs:#?}");
    let russh = ours.remove(&("\"russh\"".to_owned(), "null".to_owned())).unwrap();
    assert_eq!(russh, r#""=0.65.1" [] false false"#);
    // Of its benchmarks, which are not here.
    assert!(theirs.remove(&("\"criterion\"".to_owned(), "null".to_owned())).is_some());
    assert_eq!(ours, theirs);
}

#[test]
fn features_are_those_of_russh() {
    let packages = packages();
    let ours = package(&packages, "russh-hostbased")["features"].as_object().unwrap();
    let theirs = package(&packages, "russh")["features"].as_object().unwrap();
    let names = |features: &serde_json::Map<String, Value>| features.keys().cloned().collect::<Vec<_>>();
    let without_benchmarks: Vec<_> = names(theirs).into_iter().filter(|name| name != "_bench").collect();
    assert_eq!(names(ours), without_benchmarks);
    for (name, enabled) in ours {
        // `russh` is built as well, and wants one of the two backends.
        let mut enabled = enabled.as_array().unwrap().clone();
        enabled.retain(|what| !what.as_str().unwrap().starts_with("russh/"));
        assert_eq!(Value::Array(enabled), theirs[name], "{name}");
    }
}
