namespace Yinxin.Identity.Server.Data;

/// <summary>Names under which values are encrypted or indexed; changing one makes stored values unreadable.</summary>
internal static class Purposes
{
    public const string Name = "person.name";
    public const string IdNumber = "person.idNumber";
    public const string Phone = "person.phone";
    public const string Receipt = "evidence.receipt";
    public const string ProtocolKey = "protocol.key";
    public const string MandateName = "mandate.name";
    public const string MandateRecord = "mandate.record";
    public const string PhoneCode = "phone.code";
    public const string Address = "request.address";
    public const string AuthenticatorSecret = "authenticator.secret";
    public const string RecoveryCode = "recovery.code";
    public const string RecoveryTicket = "recovery.ticket";
    public const string SignInName = "signIn.name";
    public const string SourceSubject = "source.subject";
    public const string ClaimRequest = "claims.request";
    public const string SectorSubject = "sector.subject";
    public const string SectorSession = "sector.session";
    public const string SectorCheck = "sector.check";

    /// <summary>Indexes that are made anew when the key changes; the others are of values that nobody keeps.</summary>
    public static readonly IReadOnlySet<string> Changing = new HashSet<string>(StringComparer.Ordinal) { Name, IdNumber, Phone, MandateName };
}
