//! `readiness completions` and `readiness man`: what a shell and `man` know of the command line.

use clap_complete::Shell;

use super::{
    Outcome,
    args::{self, CompletionsArgs},
    exit::{Exit, Failure},
    output::{self, reason},
};

/// Completions for a shell.
pub(super) fn completions(args: &CompletionsArgs) -> Outcome {
    let mut script = Vec::new();
    let shell: Shell = args.shell;
    clap_complete::generate(shell, &mut args::command(), "readiness", &mut script);
    output::print(&script)?;
    Ok(Exit::Holds)
}

/// The manual: the program first, then each command.
pub(super) fn man() -> Outcome {
    let command = args::command();
    let cannot = |error: std::io::Error| Failure::unusable(format!("cannot write the manual: {}", reason(&error)));
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone()).render(&mut page).map_err(cannot)?;
    for inner in command.get_subcommands().filter(|inner| !inner.is_hide_set() && inner.get_name() != "help") {
        let name = format!("readiness {}", inner.get_name());
        let man = clap_mangen::Man::new(inner.clone().bin_name(name.clone()).display_name(name.clone()));
        page.extend(format!(".SH \"{}\"\n", name.to_uppercase()).into_bytes());
        man.render_synopsis_section(&mut page).map_err(cannot)?;
        man.render_description_section(&mut page).map_err(cannot)?;
        man.render_options_section(&mut page).map_err(cannot)?;
    }
    output::print(&page)?;
    Ok(Exit::Holds)
}
