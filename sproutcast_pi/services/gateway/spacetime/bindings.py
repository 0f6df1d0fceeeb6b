"""TypeScript for the official client: our tables and reducers as its builders want them described."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from sproutcast_pi.services.gateway.spacetime.arguments import Argument, arguments
from sproutcast_pi.store.reducer import Reducer
from sproutcast_pi.store.table_schemas import ColumnSchema, TableSchema

COLUMN_TYPES = {"integer": "t.i64()", "real": "t.f64()", "text": "t.string()"}
ARGUMENT_TYPES = {
    "bool": "t.bool()",
    "i64": "t.i64()",
    "f64": "t.f64()",
    "string": "t.string()",
    "json": "t.string()",
    "names": "t.array(t.string())",
}

MARK = "// Written by `sproutcast bindings typescript`"
"""How the file begins, by which a later run knows that it may replace it."""
HEAD = (
    MARK
    + """; write it again after an update of the appliance.
// An argument that is left out, or null, leaves its column as it is; `clear` names the columns to empty.
// Moments are text in UTC, truth values 0n or 1n, lists and objects JSON text.
import {
  DbConnectionBuilder as Builder,
  DbConnectionImpl,
  SubscriptionBuilderImpl,
  convertToAccessorMap,
  makeQueryBuilder,
  procedures as proceduresOf,
  reducerSchema,
  reducers as reducersOf,
  schema,
  t,
  table,
  type DbConnectionConfig,
  type ErrorContextInterface,
  type EventContextInterface,
  type Infer,
  type QueryBuilder,
  type ReducerEventContextInterface,
  type RemoteModule,
  type SubscriptionEventContextInterface,
  type SubscriptionHandleImpl,
} from "spacetimedb";
"""
)

TAIL = """\
const noProcedures = proceduresOf();

const MODULE = {
  versionInfo: { cliVersion: "2.0.0" as const },
  tables: described.schemaType.tables,
  reducers: callable.reducersType.reducers,
  ...noProcedures,
} satisfies RemoteModule<
  typeof described.schemaType,
  typeof callable.reducersType,
  typeof noProcedures
>;

export const tables: QueryBuilder<typeof described.schemaType> = makeQueryBuilder(described.schemaType);

export const reducers = convertToAccessorMap(callable.reducersType.reducers);

export const procedures = convertToAccessorMap(noProcedures.procedures);

export type EventContext = EventContextInterface<typeof MODULE>;
export type ReducerEventContext = ReducerEventContextInterface<typeof MODULE>;
export type SubscriptionEventContext = SubscriptionEventContextInterface<typeof MODULE>;
export type ErrorContext = ErrorContextInterface<typeof MODULE>;
export type SubscriptionHandle = SubscriptionHandleImpl<typeof MODULE>;

export class SubscriptionBuilder extends SubscriptionBuilderImpl<typeof MODULE> {}

export class DbConnectionBuilder extends Builder<DbConnection> {}

export class DbConnection extends DbConnectionImpl<typeof MODULE> {
  static builder = (): DbConnectionBuilder =>
    new DbConnectionBuilder(MODULE, (config: DbConnectionConfig<typeof MODULE>) => new DbConnection(config));

  override subscriptionBuilder = (): SubscriptionBuilder => new SubscriptionBuilder(this);
}
"""


def typescript(tables: Mapping[str, TableSchema], reducers: Mapping[str, Reducer]) -> str:
    """The text of one module, `index.ts`; internal reducers are left out."""
    rows = [_row(table) for table in tables.values()]
    entries = [_table(table) for table in tables.values()]
    calls = [_reducer(reducer) for reducer in reducers.values() if reducer.role != "internal"]
    parts = (
        HEAD,
        "\n".join(rows),
        _row_types(tables.values()),
        "const described = schema({\n" + "".join(entries) + "});\n",
        "const callable = reducersOf(\n" + "".join(calls) + ");\n",
        TAIL,
    )
    return "\n".join(parts)


def _row(table: TableSchema) -> str:
    name = _pascal(table.name)
    fields = "".join(f"  {_camel(column.name)}: {_column(column)},\n" for column in table.columns)
    return f"/** {_comment(table.doc)} */\nconst row{name} = {{\n{fields}}};\n"


def _table(table: TableSchema) -> str:
    facts = f'{{ name: "{table.name}", indexes: [], constraints: [] }}'
    return f"  {_camel(table.name)}: table({facts}, row{_pascal(table.name)}),\n"


def _column(column: ColumnSchema) -> str:
    kind = COLUMN_TYPES[column.kind]
    if column.nullable:
        kind += ".optional()"
    if column.primary:
        kind += ".primaryKey()"
    return kind + f'.name("{column.name}")'


def _reducer(reducer: Reducer) -> str:
    doc = _comment(reducer.doc.split("\n")[0])
    fields = ", ".join(f"{_camel(argument.name)}: {_argument(argument)}" for argument in arguments(reducer))
    return f'  /** {doc} */\n  reducerSchema("{reducer.name}", {{ {fields} }}),\n'


def _argument(argument: Argument) -> str:
    return ARGUMENT_TYPES[argument.kind] + (".optional()" if argument.optional else "")


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _pascal(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))


def _comment(text: str) -> str:
    return re.sub(r"\*/", "* /", text)


def _row_types(tables: Iterable[TableSchema]) -> str:
    """A type a table, for those who hold rows."""
    return "".join(f"export type {_pascal(table.name)} = Infer<typeof row{_pascal(table.name)}>;\n" for table in tables)
