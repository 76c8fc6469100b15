//! Statements in the forms that people and tools write.

use super::{ActionKind, ConstraintKind, GrantOn, Kind, parse};

fn kinds(text: &str) -> Vec<Kind> {
    parse(text).statements.into_iter().map(|statement| statement.kind).collect()
}

fn table(text: &str) -> super::CreateTable {
    match kinds(text).into_iter().next() {
        Some(Kind::CreateTable(table)) => table,
        other => panic!("{other:?}"),
    }
}

#[test]
fn splits_through_strings_comments_and_bodies() {
    let text = "SELECT 'a;b'; -- c;d\nSELECT $$ e; $$; /* f; /* g; */ */ SELECT 1;\n\
        CREATE TRIGGER t AFTER INSERT ON x BEGIN UPDATE y SET a = CASE WHEN 1 THEN 2 END; DELETE FROM z; END;\nSELECT 2";
    assert_eq!(parse(text).statements.len(), 5);
    let mysql = "DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 1; SELECT 2; END //\nDELIMITER ;\nDROP TABLE `a`;";
    assert!(matches!(kinds(mysql).as_slice(), [Kind::CreateFunction(_), Kind::DropTable { .. }]), "{:?}", kinds(mysql));
    let dump = "COPY t (a) FROM stdin;\nDROP TABLE x;\n\\.\nDROP TABLE y;";
    assert_eq!(kinds(dump).len(), 2);
}

#[test]
fn reads_columns_and_constraints() {
    let table = table(
        "CREATE TABLE IF NOT EXISTS public.\"Orders\" (id bigserial PRIMARY KEY, note varchar(20) NOT NULL DEFAULT 'a, b',\n\
         total numeric(10, 2), user_id uuid REFERENCES auth.users(id) ON DELETE CASCADE,\n\
         CONSTRAINT fk FOREIGN KEY (shop_id, note) REFERENCES shops (id, note), UNIQUE (note, total), KEY `k` (`total`))",
    );
    assert_eq!((table.name.schema.as_deref(), table.name.name.as_str()), (Some("public"), "Orders"));
    let columns: Vec<_> =
        table.columns.iter().map(|column| (column.name.as_str(), column.data_type.as_str())).collect();
    assert_eq!(
        columns,
        [("id", "bigserial"), ("note", "varchar(20)"), ("total", "numeric(10 , 2)"), ("user_id", "uuid")]
    );
    assert!(table.columns[1].not_null && table.columns[1].default && table.columns[0].primary_key);
    assert_eq!(table.columns[3].references.as_ref().map(|to| to.table.to_string()), Some("auth.users".to_owned()));
    assert_eq!(table.constraints.len(), 3);
    assert!(
        matches!(&table.constraints[0].kind, ConstraintKind::ForeignKey { columns, .. } if columns == &["shop_id", "note"])
    );
    assert!(matches!(&table.constraints[2].kind, ConstraintKind::Index(columns) if columns == &["total"]));
}

#[test]
fn reads_changes() {
    let text = "ALTER TABLE ONLY a ADD COLUMN b text NOT NULL, DROP COLUMN IF EXISTS c, ALTER COLUMN d TYPE int USING d::int,\n\
        ALTER e SET NOT NULL, ADD CONSTRAINT u UNIQUE (f), RENAME COLUMN g TO h, ENABLE ROW LEVEL SECURITY";
    let Some(Kind::AlterTable { actions, .. }) = kinds(text).pop() else { panic!() };
    let kinds: Vec<_> = actions.into_iter().map(|action| action.kind).collect();
    assert!(matches!(&kinds[0], ActionKind::AddColumn { column, .. } if column.name == "b" && column.not_null));
    assert!(matches!(&kinds[1], ActionKind::DropColumn { name, if_exists: true } if name == "c"));
    assert!(matches!(&kinds[2], ActionKind::SetType { column, data_type } if column == "d" && data_type == "int"));
    assert!(matches!(&kinds[3], ActionKind::SetNotNull(column) if column == "e"));
    assert!(matches!(&kinds[4], ActionKind::AddConstraint(_)));
    assert!(matches!(&kinds[5], ActionKind::RenameColumn { from, to } if from == "g" && to == "h"));
    assert_eq!(kinds[6], ActionKind::EnableRowSecurity);
}

#[test]
fn reads_policies_functions_and_rights() {
    let text = "create policy \"All of it\" on notes as restrictive for select to anon, authenticated using ( (true) );\n\
        create function run(sql text) returns void language plpgsql security definer set search_path = '' as $f$ begin execute sql; end $f$;\n\
        create function safe(t text) returns void as $$ begin execute format('drop table %I', t); end $$ language plpgsql;\n\
        revoke execute on function run(text) from public, anon;\n\
        revoke all on all functions in schema public from anon;";
    let kinds = kinds(text);
    let Kind::CreatePolicy(policy) = &kinds[0] else { panic!("{:?}", kinds[0]) };
    assert_eq!(policy.roles, ["anon", "authenticated"]);
    assert!(policy.restrictive && policy.using.as_ref().is_some_and(|using| using.always));
    let Kind::CreateFunction(function) = &kinds[1] else { panic!("{:?}", kinds[1]) };
    assert!(function.definer.is_some() && function.search_path && function.executes_argument.is_some());
    let Kind::CreateFunction(safe) = &kinds[2] else { panic!("{:?}", kinds[2]) };
    assert!(safe.definer.is_none() && safe.executes_argument.is_none());
    assert!(
        matches!(&kinds[3], Kind::Grant(grant) if grant.revoke && grant.roles == ["public", "anon"] && matches!(&grant.on, GrantOn::Functions(names) if names[0].name == "run"))
    );
    assert!(
        matches!(&kinds[4], Kind::Grant(grant) if matches!(&grant.on, GrantOn::AllFunctions(schemas) if schemas == &["public"]))
    );
}

#[test]
fn reads_blocks() {
    let text = "DO $$ BEGIN\n IF NOT EXISTS (SELECT 1 FROM t) THEN\n ALTER TABLE a ENABLE ROW LEVEL SECURITY;\n END IF;\n\
        EXECUTE 'CREATE INDEX i ON a (b)';\n EXECUTE format('ALTER TABLE %I', x);\n END $$;";
    let script = parse(text);
    assert_eq!(script.dynamic.len(), 1);
    assert!(script.statements.iter().any(|one| one.nested && matches!(one.kind, Kind::AlterTable { .. })));
    let index = script.statements.iter().find(|one| matches!(one.kind, Kind::CreateIndex(_))).expect("an index");
    assert_eq!(&text[index.span.range()], "CREATE INDEX i ON a (b)");
}

#[test]
fn indexes_know_their_columns() {
    let Some(Kind::CreateIndex(index)) =
        kinds("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON s.t USING btree (a DESC, lower(b), c) WHERE d")
            .pop()
    else {
        panic!()
    };
    assert!(index.unique && index.concurrently && index.partial && !index.plain);
    assert_eq!(index.columns, ["a"]);
}

#[test]
fn survives_anything() {
    for text in [
        "",
        ";",
        "(((",
        "CREATE",
        "CREATE TABLE",
        "CREATE TABLE a (",
        "ALTER TABLE a ADD",
        "$",
        "$$",
        "$a$",
        "'",
        "\"",
        "/*",
        "DO",
        "DO $$",
        "GRANT",
        "DELIMITER",
        "DELIMITER //",
        "CREATE POLICY p ON",
        "\u{FEFF}SELECT",
        "é$é$",
        "RENAME TABLE",
        "COPY t FROM stdin;",
        "EXECUTE",
        "DO $$ EXECUTE $$",
        "COMMENT ON COLUMN a",
        "CREATE FUNCTION f() AS $$",
    ] {
        for cut in 0..=text.len() {
            if let Some(part) = text.get(..cut) {
                parse(part);
            }
        }
        parse(&text.repeat(2000));
    }
}
