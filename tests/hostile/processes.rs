//! No process is started and no connection opened, whatever a repository says that git should run.

use std::{fs, process::Command};

use assert_cmd::cargo::cargo_bin;

use super::ground::{Ground, run};

/// A repository whose configuration names a command wherever git takes one.
fn armed(ground: &Ground) -> String {
    ground.track();
    let proof = ground.outside().join("proof");
    let command = format!("touch {}", proof.display());
    let config = ground.root().join(".git/config");
    let text = format!(
        "{}[core]\n\tfsmonitor = {command}\n\tpager = {command}\n\teditor = {command}\n\tsshCommand = {command}\n\
         \thooksPath = {hooks}\n\tattributesFile = {attributes}\n[filter \"evil\"]\n\tclean = {command}\n\
         \tsmudge = {command}\n\tprocess = {command}\n\trequired = true\n[diff]\n\texternal = {command}\n\
         [diff \"evil\"]\n\ttextconv = {command}\n[credential]\n\thelper = !{command}\n[alias]\n\tstatus = !{command}\n\
         [include]\n\tpath = {hooks}/config\n[url \"ext::{command}\"]\n\tinsteadOf = https://\n\
         [gpg]\n\tprogram = {command}\n[uploadpack]\n\tpackObjectsHook = {command}\n",
        fs::read_to_string(&config).expect("it is there"),
        hooks = ground.outside().join("hooks").display(),
        attributes = ground.outside().join("attributes").display(),
    );
    fs::write(config, text).expect("the file can be written");
    ground.write(".gitattributes", "* filter=evil diff=evil\n");
    ground.write("package.json", format!("{{ \"name\": \"shop\", \"scripts\": {{ \"prepare\": \"{command}\" }} }}\n"));
    ground.write("Makefile", format!("$(shell {command})\nall:\n\t{command}\n"));
    ground.write("conftest.py", format!("import os\nos.system(\"{command}\")\n"));
    ground.write(".envrc", format!("{command}\n"));
    proof.display().to_string()
}

const COMMANDS: [&[&str]; 6] = [&["scan"], &["plan"], &["checklist"], &["env"], &["routes"], &["services"]];

#[test]
fn nothing_of_the_repository_runs() {
    let ground = Ground::new();
    let proof = armed(&ground);
    ground.audited();
    for arguments in COMMANDS {
        assert!(ground.run(arguments).code <= 1, "{arguments:?}");
    }
    assert!(!fs::exists(proof).expect("one can look"), "something has run");
}

#[test]
fn no_process_and_no_connection_is_asked_of_the_system() {
    let ground = Ground::new();
    armed(&ground);
    let log = ground.outside().join("calls");
    for arguments in COMMANDS {
        let mut traced = Command::new("strace");
        traced.args(["-f", "-qq", "-e", "trace=%process,%network,openat,open,creat", "-o"]).arg(&log);
        traced.arg(cargo_bin("readiness")).args(arguments).current_dir(ground.root());
        let tried = Command::new("strace").args(["-qq", "-o", "/dev/null", "true"]).output();
        if !tried.is_ok_and(|tried| tried.status.success()) {
            println!("skipped: strace is not there or not allowed");
            return;
        }
        assert!(run(&mut traced).code <= 1, "{arguments:?}");
        let calls = fs::read_to_string(&log).expect("strace has written");
        assert!(calls.contains("package.json"), "{arguments:?}: nothing was traced");
        // Each line begins with the number of a process or thread.
        let names = calls.lines().filter_map(|line| line.split_once(' ')).map(|(_, call)| (call.trim_start(), call));
        let mut started = 0;
        for (name, call) in names {
            started += usize::from(name.starts_with("execve"));
            let process = ["fork", "vfork", "execveat"].iter().any(|other| name.starts_with(other))
                || name.starts_with("clone") && !call.contains("CLONE_THREAD") && !name.starts_with("clone resumed");
            let network = ["socket", "connect", "bind", "listen", "accept", "send", "recv", "getpeername"];
            let connection = network.iter().any(|other| name.starts_with(other));
            let written = name.starts_with("open")
                && ["O_WRONLY", "O_RDWR", "O_CREAT"].iter().any(|flag| call.contains(flag))
                && !call.contains("\"/dev/")
                && !call.contains("\"/proc/self");
            assert!(!process && !connection && !written, "{arguments:?}: {call}");
            assert!(!call.contains("/outside/"), "{arguments:?}: {call}");
        }
        assert_eq!(started, 1, "{arguments:?}: only the program itself");
    }
}
