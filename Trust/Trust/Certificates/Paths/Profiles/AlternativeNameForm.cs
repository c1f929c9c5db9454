using Yinxin.Trust.Certificates.Paths.Names;

namespace Yinxin.Trust.Certificates.Paths.Profiles;

/// <summary>How alternative names must be written (RFC 5280 §4.2.1.6).</summary>
internal static class AlternativeNameForm
{
    public static bool IsWellFormed(GeneralName name) => name.Kind switch
    {
        GeneralNameKind.Dns => HostNames.IsPattern(name.Text),
        GeneralNameKind.Mail => Mailboxes.IsMailbox(name.Text),
        GeneralNameKind.Uri => Uri.TryCreate(name.Text, UriKind.Absolute, out _),
        GeneralNameKind.Ip => name.Bytes.Length is 4 or 16,
        _ => true,
    };
}
