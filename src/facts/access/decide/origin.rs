//! Which package a name comes from in the end, through variables, exports and calls.

use super::HOPS;
use crate::{
    facts::modules::{Definition, ExportSource, Modules, Name, Root, Shape, Target},
    model::FileId,
};

/// The path under which something came from a package, through exports, aliases and constructors of the repository:
/// `passport.authenticate`, `multer().single`.
pub fn origin(modules: Modules<'_>, file: FileId, name: &Name) -> Option<String> {
    origin_in(modules, file, name, HOPS)
}

fn origin_in(modules: Modules<'_>, file: FileId, name: &Name, hops: usize) -> Option<String> {
    if hops == 0 {
        return None;
    }
    let base = match &name.root {
        Root::Import { module, imported } => match modules.target(file, module) {
            Target::Package(_) | Target::Builtin => {
                let name = Name { members: Vec::new(), ..name.clone() };
                name.api_path()
            }
            Target::File(other) => match modules.definition(file, &Name { members: Vec::new(), ..name.clone() }) {
                Definition::Value { file, value } => origin_of(modules, file, &value.shape, hops - 1)?,
                Definition::Shape { file, shape } => origin_of(modules, file, shape, hops - 1)?,
                Definition::Package => exported_origin(modules, other, imported, hops - 1)?,
                _ => return None,
            },
            _ => return None,
        },
        Root::Own(own) => {
            let value = modules.file(file)?.values.iter().find(|value| value.name == *own)?;
            origin_of(modules, file, &value.shape, hops - 1)?
        }
        Root::Instance(class) => format!("{}()", origin_in(modules, file, class, hops - 1)?),
        _ => return None,
    };
    Some(name.members.iter().fold(base, |path, member| format!("{path}.{member}")))
}

fn origin_of(modules: Modules<'_>, file: FileId, shape: &Shape, hops: usize) -> Option<String> {
    match shape {
        Shape::Name(name) => origin_in(modules, file, name, hops),
        Shape::Call(call) => Some(format!("{}()", origin_in(modules, file, call.callee.named()?, hops)?)),
        _ => None,
    }
}

fn exported_origin(modules: Modules<'_>, file: FileId, imported: &str, hops: usize) -> Option<String> {
    let module = modules.file(file)?;
    if let Some(import) = module.imports.iter().find(|import| import.local == imported) {
        let root = Root::Import { module: import.module.clone(), imported: import.imported.clone() };
        return origin_in(modules, file, &Name { span: import.span, root, members: Vec::new() }, hops);
    }
    let export = module.exports.iter().find(|export| export.name == imported)?;
    match &export.source {
        ExportSource::Own(shape) => origin_of(modules, file, shape, hops),
        ExportSource::Other { module, imported } => {
            let root = Root::Import { module: module.clone(), imported: imported.clone() };
            origin_in(modules, file, &Name { span: export.span, root, members: Vec::new() }, hops)
        }
    }
}
