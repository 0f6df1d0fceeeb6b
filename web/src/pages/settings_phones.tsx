import { useState } from "preact/hooks";
import { ago, time } from "../i18n/formats";
import { mark, tr } from "../i18n/messages";
import { Action, OutcomeLine, type Outcome } from "../parts/action";
import type { Client, Role } from "../protocol/rows";
import { call, enter, isOwner, now, request, useQuery } from "../store";

const ROLES: Record<Role, string> = { viewer: mark("May look"), carer: mark("May care for plants"), owner: mark("May change everything") };

/** Phones that are paired, and a code for another one. */
export function PhonesPage() {
  return (
    <>
      {isOwner() ? <AddPhone /> : null}
      {isOwner() ? <PairedPhones /> : null}
      <section class="card padded" aria-label={tr("This phone")}>
        <h2>{tr("This phone")}</h2>
        <Action class="danger" run={leave} confirm={tr("Pair it again with a code from the device or from another phone.")}>{tr("Unpair this phone")}</Action>
      </section>
    </>
  );
}

async function leave(): Promise<void> {
  await request("/v1/unpair", { method: "POST" });
  await enter();
}

interface Code { code: string; expires_at: string }

function AddPhone() {
  const [role, setRole] = useState<Role>("carer");
  const [code, setCode] = useState<Code | null>(null);
  const address = `${location.origin}/`;
  return (
    <section class="card padded" aria-label={tr("Connect a phone")}>
      <h2>{tr("Connect a phone")}</h2>
      {code ? (
        <div role="status">
          <p>{tr("Open this address on the phone and type the code:")}</p>
          <p><b class="address">{address}</b></p>
          <p class="pairing-code">{code.code.slice(0, 3)} {code.code.slice(3)}</p>
          <p class="soft">{tr("The code is good until {when}.", { when: time(new Date(code.expires_at)) })}</p>
          <div class="buttons">
            {"share" in navigator ? <Action run={() => navigator.share({ url: `${address}#pair=${code.code}` })}>{tr("Share")}</Action> : null}
            <Action run={async () => { await call("cancel_pairing"); setCode(null); }}>{tr("Cancel")}</Action>
          </div>
        </div>
      ) : (
        <>
          <label><span>{tr("What it may do")}</span>
            <select name="role" value={role} onChange={(event) => setRole(event.currentTarget.value as Role)}>
              {Object.entries(ROLES).map(([value, words]) => <option key={value} value={value}>{tr(words)}</option>)}
            </select>
          </label>
          <Action class="" run={async () => setCode((await call("start_pairing", { role })) as Code)}>{tr("New code")}</Action>
        </>
      )}
    </section>
  );
}

function PairedPhones() {
  const clients = useQuery<Client>("SELECT * FROM client WHERE revoked_at IS NULL ORDER BY id");
  return (
    <section class="card padded" aria-label={tr("Paired phones")}>
      <h2>{tr("Paired phones")}</h2>
      <ul class="log">{clients.rows.map((client) => <Paired key={client.id} client={client} />)}</ul>
    </section>
  );
}

function Paired({ client }: { client: Client }) {
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const change = async (role: string): Promise<void> => {
    try {
      await call("set_client_role", { client_id: client.id, role });
      setOutcome({ text: tr("Saved"), failed: false });
    } catch (error) {
      setOutcome({ text: (error as Error).message, failed: true });
    }
  };
  return (
    <li>
      <div>
        <b>{client.name}</b>
        <small>{client.seen_at ? tr("Seen {ago}", { ago: ago(new Date(client.seen_at), now.value) }) : ""}</small>
        <select aria-label={tr("What {name} may do", { name: client.name })} value={client.role} onChange={(event) => void change(event.currentTarget.value)}>
          {Object.entries(ROLES).map(([value, words]) => <option key={value} value={value}>{tr(words)}</option>)}
        </select>
        <OutcomeLine outcome={outcome} onUndone={setOutcome} />
      </div>
      <Action class="danger" run={() => call("revoke_client", { client_id: client.id })} confirm={tr("Remove {name}? It needs a new code to come back.", { name: client.name })}>{tr("Remove")}</Action>
    </li>
  );
}
