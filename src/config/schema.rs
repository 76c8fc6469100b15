//! The JSON Schema of `readiness.toml`: an editor completes keys and marks mistakes with it.

use serde_json::{Map, Value, json};

use super::{DeployMethod, FailOn, severities};
use crate::model::{Categories, OptionValue, RuleMeta, RuleOption, Tier, Tiers};

/// The schema for a catalogue. Draft 7, which editors of TOML understand.
pub fn schema(rules: &[&RuleMeta], categories: &Categories) -> Value {
    let ids: Vec<&str> = rules.iter().map(|rule| rule.id.as_str()).collect();
    let mut selectors: Vec<&str> = severities().collect();
    selectors.extend(categories.all.iter().map(|category| category.id.as_str()));
    selectors.extend(&ids);
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "readiness.toml",
        "description": "What a team says of its repository. Without a file everything has its default.",
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "extends": list_of("Files of the repository whose settings hold where this one says nothing, relative to this file; of several the later ones win.", &json!({ "type": "string", "minLength": 1 })),
            "scan": scan(),
            "deploy": section("How the repository is deployed, where it cannot tell by itself.", json!({
                "method": {
                    "description": "The means of deployment; `k8s` is short for `kubernetes`.",
                    "enum": DeployMethod::ALL.iter().map(|method| method.as_str()).chain(["k8s"]).collect::<Vec<_>>(),
                },
            })),
            "rules": {
                "description": "What the team says of single rules, everywhere.",
                "type": "object",
                "additionalProperties": false,
                "properties": rules.iter().map(|rule| (rule.id.clone(), one_rule(rule))).collect::<Map<_, _>>(),
            },
            "overrides": {
                "description": "What holds in a part of the repository; of several entries for one place the last wins.",
                "type": "array",
                "items": { "$ref": "#/definitions/override" },
            },
            "score": score(categories),
            "report": section("What the team adds to its reports.", json!({
                "notes": { "description": "Text in Markdown.", "type": "string", "minLength": 1, "maxLength": 16384 },
                "notes-file": { "description": "A file with such text, relative to this one.", "type": "string", "minLength": 1 },
                "reviewer": { "description": "Who answers for the review.", "type": "string", "minLength": 1, "maxLength": 200 },
                "next-review": { "description": "When the team looks again.", "$ref": "#/definitions/date" },
            })),
            "suppress": {
                "description": "Findings that the team lives with.",
                "type": "array",
                "items": { "$ref": "#/definitions/suppression" },
            },
            "attest": {
                "description": "Answers to questions that only a person can answer.",
                "type": "array",
                "items": { "$ref": "#/definitions/attestation" },
            },
        },
        "definitions": {
            "rule-id": { "enum": ids },
            "selector": { "description": "A rule, a category or a severity.", "enum": selectors },
            "severity": { "enum": severities().collect::<Vec<_>>() },
            "reason": { "description": "Why; every report shows it.", "type": "string", "minLength": 1 },
            "date": { "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" },
            "paths": list_of("Path patterns: `*` stays within a folder, `**` crosses folders.", &json!({ "type": "string", "minLength": 1 })),
            "rule": settings(None),
            "override": one_override(&ids),
            "suppression": entry(&json!({
                "rule": { "$ref": "#/definitions/rule-id" },
                "paths": { "$ref": "#/definitions/paths" },
                "reason": { "$ref": "#/definitions/reason" },
                "until": { "$ref": "#/definitions/date" },
            }), &["rule", "reason"]),
            "attestation": entry(&json!({
                "rule": { "$ref": "#/definitions/rule-id" },
                "by": { "description": "Who answers.", "type": "string", "minLength": 1 },
                "on": { "$ref": "#/definitions/date" },
                "until": { "$ref": "#/definitions/date" },
                "holds": { "type": "boolean" },
                "note": { "type": "string", "minLength": 1 },
            }), &["rule", "by", "on"]),
        },
    })
}

fn section(description: &str, properties: Value) -> Value {
    let mut section = json!({ "description": description, "type": "object", "additionalProperties": false });
    section["properties"] = properties;
    section
}

fn entry(properties: &Value, required: &[&str]) -> Value {
    json!({ "type": "object", "additionalProperties": false, "properties": properties, "required": required })
}

/// A list, or one item alone.
fn list_of(description: &str, item: &Value) -> Value {
    json!({ "description": description, "anyOf": [item, { "type": "array", "items": item }] })
}

fn scan() -> Value {
    let selectors = |description: &str| list_of(description, &json!({ "$ref": "#/definitions/selector" }));
    section(
        "What a scan looks at, and when its gate fails.",
        json!({
            "fail-on": { "description": "The gate fails on open criteria of this severity or worse.", "enum": FailOn::NAMES, "default": "critical" },
            "min-score": { "description": "The gate fails below this overall score.", "type": "number", "minimum": 0, "maximum": 10 },
            "lang": { "description": "The language of the report.", "enum": ["en", "ru"], "default": "en" },
            "only": selectors("Only these rules run: the report is partial."),
            "skip": selectors("These rules do not run: the report is partial."),
            "exclude": { "$ref": "#/definitions/paths" },
            "rules": list_of(
                "Folders of rules that the team wrote, relative to this file.",
                &json!({ "type": "string", "minLength": 1 }),
            ),
            "max-file-size": {
                "description": "Larger files are not read: bytes, or a text like \"2 MB\".",
                "anyOf": [{ "type": "integer", "minimum": 1 }, { "type": "string", "pattern": "^ *[0-9]+ *[kKmMgG]?[iI]?[bB]? *$" }],
            },
        }),
    )
}

fn score(categories: &Categories) -> Value {
    let weight = json!({ "type": "number", "minimum": 0, "maximum": 10, "default": 1 });
    let weights: Map<String, Value> =
        categories.all.iter().map(|category| (category.id.clone(), weight.clone())).collect();
    let tiers = Tiers::embedded().all.iter().map(|tier| format!("`{}`: {}", tier.id.as_str(), tier.en));
    let tiers = tiers.collect::<Vec<_>>().join("; ");
    section(
        "What the score is made of. The report says that the numbers are not the standard ones.",
        json!({
            "tier": { "description": format!("What the repository is meant for. {tiers}."), "enum": Tier::NAMES },
            "weights": {
                "description": "Weights of categories in the overall score.",
                "type": "object",
                "additionalProperties": false,
                "properties": weights,
            },
        }),
    )
}

fn one_override(ids: &[&str]) -> Value {
    let rule = json!({ "$ref": "#/definitions/rule" });
    let rules: Map<String, Value> = ids.iter().map(|id| ((*id).to_owned(), rule.clone())).collect();
    json!({
        "type": "object",
        "additionalProperties": false,
        "properties": {
            "paths": { "$ref": "#/definitions/paths" },
            "components": list_of("Components by path or name.", &json!({ "type": "string", "minLength": 1 })),
            "rules": { "type": "object", "additionalProperties": false, "properties": rules },
            "skip": list_of("Rules that are not asked here.", &json!({ "$ref": "#/definitions/selector" })),
            "reason": { "$ref": "#/definitions/reason" },
        },
        "allOf": [
            { "anyOf": [{ "required": ["paths"] }, { "required": ["components"] }] },
            { "anyOf": [{ "required": ["rules"] }, { "required": ["skip"] }] },
        ],
        "dependencies": { "skip": ["reason"] },
    })
}

fn one_rule(rule: &RuleMeta) -> Value {
    if rule.options.is_empty() {
        return json!({ "description": rule.en.title, "allOf": [{ "$ref": "#/definitions/rule" }] });
    }
    let mut described = settings(Some(rule));
    described["description"] = json!(rule.en.title);
    described
}

/// What may be said of a rule; one that is disabled needs a reason.
fn settings(tuned: Option<&RuleMeta>) -> Value {
    let mut properties = json!({
        "severity": { "$ref": "#/definitions/severity" },
        "enabled": { "type": "boolean" },
        "reason": { "$ref": "#/definitions/reason" },
    });
    if let Some(rule) = tuned {
        let options: Map<String, Value> =
            rule.options.iter().map(|(name, option)| (name.clone(), one_option(option))).collect();
        properties["options"] = json!({ "type": "object", "additionalProperties": false, "properties": options });
    }
    json!({
        "type": "object",
        "additionalProperties": false,
        "properties": properties,
        "if": { "properties": { "enabled": { "const": false } }, "required": ["enabled"] },
        "then": { "required": ["reason"] },
    })
}

fn one_option(option: &RuleOption) -> Value {
    let mut described = json!({ "description": option.en, "type": option.default.kind(), "default": option.default });
    if matches!(option.default, OptionValue::Texts(_)) {
        described["items"] = json!({ "type": "string" });
    }
    if let Some(min) = option.min {
        described["minimum"] = json!(min);
    }
    if let Some(max) = option.max {
        described["maximum"] = json!(max);
    }
    described
}
