//! `error-details-in-response`: clients get a text of this program's own, not what an exception says.

use crate::{
    code::Language,
    facts::{
        Fact,
        answers::{self, ErrorAnswer, Tells},
        side::{Side, side_of},
    },
    model::{Confidence, Evidence, Message, Place, Severity, Site, Verdict},
    repo::{ComponentKind, Role},
    rule::{Context, Rule},
};

pub(in crate::rules) static RULE: ErrorDetailsInResponse = ErrorDetailsInResponse;

pub(in crate::rules) struct ErrorDetailsInResponse;

/// Answers that a pass names.
const SHOWN: usize = 5;

impl Rule for ErrorDetailsInResponse {
    fn id(&self) -> &'static str {
        "error-details-in-response"
    }

    fn needs(&self) -> &'static [Fact] {
        &[Fact::Answers, Fact::Modules, Fact::Access, Fact::Side]
    }

    fn conclude(&self, cx: &Context<'_>) -> Verdict {
        if matches!(cx.component.kind, ComponentKind::Cli | ComponentKind::ClientApp | ComponentKind::Infrastructure) {
            return Verdict::not_applicable("no-server");
        }
        let server = |file| {
            let file = cx.repo.file(file);
            cx.covers(file.id) && file.role == Role::Source && side_of(cx.repo, cx.facts, file).side != Side::Client
        };
        let answers: Vec<ErrorAnswer> =
            answers::errors(cx.repo, cx.facts).into_iter().filter(|answer| server(answer.file)).collect();
        let (told, fixed): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.tells != Tells::Nothing);
        let rewritten = is_rewritten(cx);
        let sites: Vec<Site> = told.into_iter().filter_map(|answer| site(cx, answer, rewritten)).collect();
        let fine: Vec<Evidence> = fixed
            .iter()
            .map(|answer| Evidence::At { place: answer.place.clone(), note: Message::new("fixed") })
            .collect();
        let total = sites.len() + fine.len();
        let detail = Message::new("detail").count("bad", sites.len()).count("n", total);
        let ok = fine.len();
        let fine: Vec<Evidence> = fine.into_iter().take(SHOWN).collect();
        if total == 0 {
            let files: Vec<_> =
                cx.files(Role::Source).filter(|file| answers::responses(cx.facts, file.id) > 0).collect();
            if files.is_empty() {
                return Verdict::not_applicable("no-responses");
            }
            return Verdict::pass(cx.searched("searched", files.len()), []);
        }
        if sites.is_empty() {
            return Verdict::pass_or(fine, || Verdict::not_applicable("no-responses")).detail(detail).sites(total, ok);
        }
        Verdict::fail_or(sites, || Verdict::not_applicable("no-responses"))
            .also_fine(fine)
            .detail(detail)
            .sites(total, ok)
    }
}

/// Whether middleware of tRPC puts another error in the place of what a procedure throws: `result.error = new
/// TRPCError(…)`.
fn is_rewritten(cx: &Context<'_>) -> bool {
    cx.files(Role::Source).any(|file| {
        cx.repo
            .read(file.id)
            .is_ok_and(|text| text.contains("initTRPC") && text.contains("new TRPCError") && text.contains(".error = "))
    })
}

/// Whether the answer is an error that tRPC carries.
fn is_of_trpc(cx: &Context<'_>, answer: &ErrorAnswer) -> bool {
    let Place::At(file, span) = &answer.place else { return false };
    cx.repo.read(*file).is_ok_and(|text| {
        let before = text.get(..span.start as usize).unwrap_or_default();
        before.rfind("new TRPCError(").is_some_and(|at| !before[at..].contains("});"))
    })
}

fn site(cx: &Context<'_>, answer: &ErrorAnswer, rewritten: bool) -> Option<Site> {
    let place = answer.place.clone();
    let script = cx.repo.file(answer.file).language.is_some_and(Language::is_script);
    // What is wrong with a request is meant for those who sent it.
    let about_request = answer.status.is_some_and(|status| (400..500).contains(&status));
    match answer.tells {
        Tells::Stack => Some(Site::new(place, "stack").severity(Severity::High)),
        _ if about_request => None,
        Tells::Message if rewritten && is_of_trpc(cx, answer) => {
            Some(Site::new(place, "message").confidence(Confidence::Guess))
        }
        Tells::Message => Some(Site::new(place, "message").confidence(Confidence::Likely)),
        // JSON holds what an error was given besides its message and its stack: codes and the like.
        Tells::Whole if script => {
            Some(Site::new(place, "whole").severity(Severity::Low).confidence(Confidence::Likely))
        }
        Tells::Whole => Some(Site::new(place, "whole").confidence(Confidence::Likely)),
        Tells::Nothing => None,
    }
}
