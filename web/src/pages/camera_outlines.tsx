import { percent } from "../i18n/formats";
import { rowText, tr } from "../i18n/messages";
import { Action } from "../parts/action";
import { Photo } from "../parts/photo";
import type { Profile } from "../protocol/rows";
import { call, useQuery } from "../store";
import { newestPhoto } from "./camera";

/** Photographs under the lamp are the ones that are compared. */
const LAMP = "lamp";

/** The newest photograph with its outlines, the question whether they are right, and what is known of the place. */
export function OutlinesTab() {
  const profiles = useQuery<Profile>("SELECT * FROM profile ORDER BY id DESC LIMIT 20");
  const photo = newestPhoto();
  const profile = profiles.rows.filter((row) => row.lamp_state === LAMP && row.state !== "retired").sort((a, b) => b.id - a.id)[0];
  const answer = (right: boolean) => () => call("confirm_outline", { capture_id: photo!.id, right });
  return (
    <div class="card padded">
      {photo?.overlay ? (
        <>
          <Photo thumb={photo.overlay} width={photo.width} height={photo.height} alt={tr("Newest photo with outlines")} />
          <h2>{tr("Do the outlines match your plants?")}</h2>
          {photo.outline === "right" ? <p role="status">{tr("You answered that the outlines are right.")}</p> : null}
          {photo.outline === "wrong" ? <p role="status">{tr("You answered that the outlines are wrong. Measuring is more careful now.")}</p> : null}
          <div class="buttons">
            <Action run={answer(true)} done={tr("Thanks, learning from this photo.")}>{tr("Yes, they match")}</Action>
            <Action run={answer(false)} done={tr("Noted")}>{tr("No")}</Action>
          </div>
        </>
      ) : <p class="empty">{tr("Take a photo first.")}</p>}
      <p class="soft">{profile
        ? tr("{known} Certainty {share}.", { known: rowText(profile, "message"), share: percent(profile.confidence * 100) }).trim()
        : tr("How plants look at this place is not learned yet.")}</p>
      {profile ? (
        <Action run={() => call("relearn_profile", { lamp_state: LAMP })} done={tr("Learning starts over.")}
          confirm={tr("Right after a new lamp, a moved camera or other pots. It takes four photographs.")}>{tr("Start learning over")}</Action>
      ) : null}
    </div>
  );
}
