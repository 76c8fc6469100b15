//! `readiness checklist`: what to check around a deployment.

use super::{Outcome, args::ChecklistArgs, document, exit::Exit};

pub(super) fn run(args: &ChecklistArgs) -> Outcome {
    let _ = document::audit(&args.document)?;
    Ok(Exit::Holds)
}
