using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Passwords;
using Yinxin.Identity.Server.Features.Registration;
using Yinxin.Identity.Server.Features.SignIn;
using Yinxin.ServiceDefaults.Identifiers;

namespace Yinxin.Identity.Server.Features.Imports;

/// <summary>A row that may become an account.</summary>
internal sealed record Candidate(long Row, ImportRow Source, string IdNumber, string[] IdNumberIndexes, string Name, string Sex, string Ethnicity, string Phone, string[] PhoneIndexes);

/// <summary>What each row must satisfy by itself. One fault is named, the first in the order of the members.</summary>
internal sealed class ImportRules(PersonalData personal)
{
    private const int MostEvidence = 20;

    public (Candidate? Candidate, RowFault? Fault) Check(long number, ImportRow row, DateTimeOffset now)
    {
        if (row.ExternalId is not { Length: > 0 and <= 100 } id || id.Any(char.IsControl))
        {
            return (null, new RowFault("externalId.invalid", "externalId"));
        }

        if (PersonalShapes.Is(id))
        {
            return (null, new RowFault("externalId.personal", "externalId"));
        }

        if (row.UserName is { } user && (user.Trim().Length is 0 or > 100 || user.Any(char.IsControl) || !TypedText.IsSound(user)))
        {
            return (null, new RowFault("userName.invalid", "userName"));
        }

        if (!IdentityNumber.TryParse(row.IdNumber, DateOnly.FromDateTime(now.UtcDateTime), out var idNumber))
        {
            return (null, new RowFault("idNumber.invalid", "idNumber"));
        }

        var name = row.Name?.Trim() ?? "";
        if (name.Length is 0 or > 50 || name.Any(char.IsControl) || !TypedText.IsSound(name))
        {
            return (null, new RowFault("name.invalid", "name"));
        }

        if (row.Sex is not (null or "1" or "2") || (row.Sex is not null && row.Sex != idNumber.Sex))
        {
            return (null, new RowFault("sex.invalid", "sex"));
        }

        if (row.Ethnicity is { } ethnicity && !Ethnicities.All.Any(e => e.Code == ethnicity))
        {
            return (null, new RowFault("ethnicity.invalid", "ethnicity"));
        }

        if (MobilePhones.Normalise(row.Phone) is not { } phone)
        {
            return (null, new RowFault("phone.invalid", "phone"));
        }

        if (row.UserName is { } typed && PersonalShapes.Is(typed))
        {
            // Nothing is lost with the row's own: one signs in with the ID number and the phone anyway. Another's would stand in that person's way.
            if (AccountFinder.Normalise(typed) != idNumber.Value && MobilePhones.Normalise(AccountFinder.Normalise(typed)) != phone)
            {
                return (null, new RowFault("userName.personal", "userName"));
            }

            row = row with { UserName = null };
        }

        if (row.PasswordHash is { } hash && !ForeignPasswords.IsAcceptable(hash))
        {
            return (null, new RowFault("passwordHash.unsupported", "passwordHash"));
        }

        if (EvidenceFault(row.Evidence, now) is { } fault)
        {
            return (null, fault);
        }

        return (new Candidate(
            number, row, idNumber.Value, personal.Indexes(Purposes.IdNumber, idNumber.Value), name, idNumber.Sex, row.Ethnicity ?? "", phone, personal.Indexes(Purposes.Phone, phone)), null);
    }

    private static RowFault? EvidenceFault(IReadOnlyList<ImportedEvidence>? evidence, DateTimeOffset now)
    {
        if (evidence is null)
        {
            return null;
        }

        if (evidence.Count > MostEvidence)
        {
            return new RowFault("evidence.tooMany", "evidence");
        }

        for (var i = 0; i < evidence.Count; i++)
        {
            // A record without who, how and when is a claim, not evidence.
            if (evidence[i] is not { Kind: { } kind, Method.Length: > 0 and <= 100, AssuredBy.Length: > 0 and <= 200, VerifiedAt: { } at, Reference: null or { Length: <= 200 } }
                || !EvidenceKinds.All.Contains(kind) || at > now || at < now.AddYears(-50) || evidence[i].ValidUntil <= at
                || !TypedText.IsSound(evidence[i].Method + evidence[i].AssuredBy + evidence[i].Reference))
            {
                return new RowFault("evidence.invalid", $"evidence[{i}]");
            }

            // These stay readable, and in the chain for good.
            if (PersonalShapes.IsWithin(evidence[i].Method!) || PersonalShapes.IsWithin(evidence[i].AssuredBy!) || PersonalShapes.IsWithin(evidence[i].Reference ?? ""))
            {
                return new RowFault("evidence.personal", $"evidence[{i}]");
            }
        }

        return null;
    }
}
