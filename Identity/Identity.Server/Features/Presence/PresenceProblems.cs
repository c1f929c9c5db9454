using Yinxin.Identity.Server.Data;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Presence;

/// <summary>What an API sends to spend a proof: all that it read in the token, so that a proof out of its place is seen.</summary>
/// <param name="Proof">The proof's key.</param>
/// <param name="Transaction">The transaction that the API is about to carry out; its own word, not the token's.</param>
/// <param name="Digest">SHA-256 of what the API is about to carry out; null when it confirms no content.</param>
/// <param name="Subject"><c>sub</c> of the token.</param>
/// <param name="Client"><c>client_id</c> of the token.</param>
/// <param name="Session"><c>sid</c> of the token.</param>
/// <param name="Operation">The API's name of this one execution.</param>
internal sealed record PresenceSpending(Guid Proof, string? Transaction, string? Digest, string? Subject, string? Client, string? Session, string? Operation);

/// <summary>Why a proof is not taken.</summary>
internal static class PresenceProblems
{
    /// <summary>The check ended and it was not the person, as far as could be told; each way has its own words.</summary>
    public const string NotConfirmed = "presence.notConfirmed";

    public static readonly Problem Unknown = new("presence.unknown", 404, "没有该本人在场证明，或已过期清除。", "There is no such proof of presence, or it is long over.");
    public static readonly Problem Expired = new("presence.expired", 409, "本人在场证明已过期，请重新核验。", "The proof of presence has expired; the person has to prove it anew.");
    public static readonly Problem Spent = new("presence.spent", 409, "本人在场证明已使用，只能使用一次。", "The proof of presence was already used; it can be used once.");
    public static readonly Problem Ended = new("presence.ended", 409, "登录或授权已结束，本人在场证明作废。", "The sign-in or the mandate has ended, and the proof with it.");
    public static readonly Problem Incomplete = new(
        "presence.incomplete", 422, "请求须包含 proof、transaction、subject、client、session 和 operation。", "The request needs proof, transaction, subject, client, session and operation (1 to 200 characters).");

    private static readonly Problem Different = new("presence.differs", 409, "本人在场证明属于另一事项、应用、会话或人员。", "The proof of presence belongs to another transaction, client, session or person.");

    /// <returns>The member that differs; null when all agree.</returns>
    public static string? Mismatch(PresenceProof proof, PresenceSpending asked) =>
        proof.Transaction != asked.Transaction ? "transaction"
        : proof.Digest != asked.Digest ? "digest"
        : proof.AccountId.ToString() != asked.Subject ? "subject"
        : proof.ClientId != asked.Client ? "client"
        : proof.SessionId.ToString() != asked.Session ? "session"
        : null;

    public static ProblemException Differs(string member)
    {
        var exception = Different.Exception();
        exception.Extensions["member"] = member;
        return exception;
    }
}
