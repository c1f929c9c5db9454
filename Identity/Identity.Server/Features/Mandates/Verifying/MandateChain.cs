using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.Mandates.Verifying;

/// <summary>What is wrong with a mandate, and where.</summary>
/// <param name="MandateId">Which.</param>
/// <param name="Place">The record that was edited or that nobody recorded, the place of the missing one, or of <see cref="MandateChain.Row"/> the last record; 0 for a note, and for a row without any record.</param>
/// <param name="Kind">One of <see cref="MandateChain"/>'s.</param>
internal sealed record MandateFault(Guid MandateId, int Place, string Kind);

/// <summary>
/// Holds the steps of a mandate against the audit, and its row against both: power and tokens come from the row, so it must be what the last record left. It needs no keys: a digest stands for
/// each record, and what is in the record is compared where the keys are (<see cref="MandateCheck"/>).
/// </summary>
internal static class MandateChain
{
    public const string Removed = "removed";
    public const string Edited = "edited";
    public const string Unrecorded = "unrecorded";

    /// <summary>The row is not what the records left: its terms, its people, its state or its version.</summary>
    public const string Row = "row";

    /// <summary>A note in the audit that the server did not write: it names its mandate as the server never does. At place 0, for it counts for none.</summary>
    public const string Misspelled = "misspelled";

    /// <summary>The record itself does not verify: signature, digest, or what it says of its place. Found with keys alone.</summary>
    public const string Signature = "signature";

    /// <param name="mandate">Which.</param>
    /// <param name="row">Where it stands; null when there is no row.</param>
    /// <param name="steps">All of them, in the order of places.</param>
    /// <param name="notes">What the audit says of them.</param>
    /// <returns>The first fault; null when records, audit and row are of one mind.</returns>
    public static MandateFault? Verify(Guid mandate, Mandate? row, IReadOnlyList<MandateStep> steps, MandateNotes notes)
    {
        var place = 0;
        string? terms = null;
        foreach (var step in steps)
        {
            place++;
            if (step.Sequence != place)
            {
                return step.Sequence < place || notes.At(place) is null ? new MandateFault(mandate, step.Sequence, Unrecorded) : new MandateFault(mandate, place, Removed);
            }

            if (notes.At(place) is not { } noted)
            {
                return new MandateFault(mandate, place, Unrecorded);
            }

            if (!Agree(step, noted))
            {
                return new MandateFault(mandate, place, Edited);
            }

            // The server signs the state that it finds: one that no step leads to was put there before this one.
            if (!Follows(place == 1 ? null : notes.At(place - 1)!.Note.State, step.Act, noted.Note.State))
            {
                return new MandateFault(mandate, place, Row);
            }

            // Terms never change: other ones were in the row when this record was made, and the server signed what it found.
            terms ??= noted.Note.Terms;
            if (noted.Note.Terms is { } then && then != terms)
            {
                return new MandateFault(mandate, place, Row);
            }
        }

        return notes.Last > place ? new MandateFault(mandate, place + 1, Removed)
            : place > 0 ? Stands(row, steps, notes.At(place)!.Note, terms) ? null : new MandateFault(mandate, place, Row)
            : row is null ? null : new MandateFault(mandate, 0, Unrecorded);
    }

    private static bool Follows(string? before, string act, string? after) => Enum.TryParse(act, out MandateAct done) && (before is null
        ? done == MandateAct.Invite && after == nameof(MandateState.Invited)
        : Enum.TryParse(before, out MandateState from) && Enum.GetValues<MandateRole>().Any(role => MandateFlow.Next(from, done, role)?.ToString() == after));

    /// <summary>Notes of an earlier release hold no digest: who did what and where it led is compared all the same.</summary>
    private static bool Agree(MandateStep step, MandateNotes.Noted noted) =>
        noted.Action == MandateNote.ActionOf(step.Act) && noted.ActorId == step.ActorId?.ToString() &&
        (noted.Note.Digest is null || noted.Note.Digest == step.Digest) && (noted.Note.At is null || noted.Note.At == step.At.ToUnixTimeMilliseconds());

    private static bool Stands(Mandate? row, IReadOnlyList<MandateStep> steps, MandateNote last, string? terms) =>
        row is not null && row.Version == steps.Count && row.State.ToString() == last.State && row.OrganisationId == last.Organisation &&
        row.GrantedById == steps[0].ActorId && row.AnsweredById == (ActorOf(steps, MandateAct.Confirm) ?? steps[0].ActorId) && row.AgentId == ActorOf(steps, MandateAct.Accept) &&
        (terms is null || terms == MandateNote.TermsOf(row));

    /// <summary>Who took the last step of its kind.</summary>
    private static Guid? ActorOf(IReadOnlyList<MandateStep> steps, MandateAct act) => steps.LastOrDefault(s => s.Act == act.ToString())?.ActorId;
}
