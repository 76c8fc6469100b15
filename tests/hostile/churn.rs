//! A repository that changes while it is audited.

use std::{
    fs,
    os::unix::fs::symlink,
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
    thread,
};

use super::ground::Ground;

/// Puts one thing after the other in the place of a file until it is told to stop.
fn churn(ground: &Ground, file: &Path, stop: &AtomicBool) {
    let text = "const secret = process.env.JWT_SECRET || \"corner-shop-signing\";\n";
    let outside = ground.outside();
    let mut round = 0;
    while !stop.load(Ordering::Relaxed) {
        let _ = fs::remove_file(file).or_else(|_| fs::remove_dir(file));
        // What does not work in one round does in another; only that something happens matters.
        let _ = match round % 7 {
            0 => fs::write(file, text),
            1 => fs::write(file, text.repeat(3000)),
            2 => symlink(outside.join("stolen.js"), file),
            3 => fs::hard_link(outside.join("pipe"), file),
            4 => fs::create_dir(file),
            5 => symlink("/dev/zero", file),
            _ => Ok(()),
        };
        round += 1;
    }
}

#[test]
fn what_changes_during_the_audit_breaks_nothing() {
    let ground = Ground::new();
    ground.pipe("pipe");
    fs::rename(ground.root().join("pipe"), ground.outside().join("pipe")).expect("it can be moved");
    // Enough to read, so that there is time for changes.
    for index in 0..300 {
        ground.write(format!("src/part{index}.js"), "export const one = () => fetch(\"/a\")\n".repeat(20));
    }
    let names = [".gitignore", "Dockerfile", "compose.yaml", "src/a.js", "src/part1.js", "src/part299.js", "src/z.ts"];
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        for name in names {
            let file = ground.root().join(name);
            let (ground, stop) = (&ground, &stop);
            scope.spawn(move || churn(ground, &file, stop));
        }
        for _ in 0..5 {
            let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| ground.audited_as_it_is()));
            if let Err(panic) = outcome {
                stop.store(true, Ordering::Relaxed);
                std::panic::resume_unwind(panic);
            }
        }
        stop.store(true, Ordering::Relaxed);
    });
}
