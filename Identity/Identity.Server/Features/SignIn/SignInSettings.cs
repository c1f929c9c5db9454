using System.ComponentModel.DataAnnotations;

namespace Yinxin.Identity.Server.Features.SignIn;

/// <summary>Section <c>SignIn</c>.</summary>
internal sealed class SignInSettings
{
    public const string Section = "SignIn";

    /// <summary>PBKDF2-SHA512 rounds for new passwords; 210,000 is what OWASP asks. Only tests lower it.</summary>
    [Range(1_000, 10_000_000)]
    public int PasswordIterations { get; set; } = 210_000;

    /// <summary>The wrong password with this number blocks the name for a while.</summary>
    [Range(1, 100)]
    public int WrongPasswordsUntilBlock { get; set; } = 6;

    /// <summary>First block, in minutes; each further one doubles, up to an hour.</summary>
    [Range(1, 60)]
    public int BlockMinutes { get; set; } = 15;

    /// <summary>Wrong passwords from one address (IPv6: one /64) within ten minutes before it has to wait, but for browsers that the account knows.</summary>
    [Range(1, 1_000_000)]
    public int WrongPasswordsPerAddress { get; set; } = 100;

    /// <summary>Wrong passwords on this node within one minute before everybody's password sign-in has to wait, but in browsers that the account knows.</summary>
    [Range(1, 1_000_000)]
    public int WrongPasswordsPerMinute { get; set; } = 2_000;
}
