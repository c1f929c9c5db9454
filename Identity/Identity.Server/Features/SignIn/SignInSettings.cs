using System.ComponentModel.DataAnnotations;

namespace Yinxin.Identity.Server.Features.SignIn;

/// <summary>Section <c>SignIn</c>.</summary>
internal sealed class SignInSettings
{
    public const string Section = "SignIn";

    /// <summary>What the hash of a new password may take of a processor core, in milliseconds: as many rounds as fit, at least what OWASP asks (<see cref="Passwords.PasswordCosts"/>).</summary>
    [Range(10, 2_000)]
    public int PasswordMilliseconds { get; set; } = 100;

    /// <summary>PBKDF2-SHA512 rounds of new passwords on this node, whatever was measured. Only tests and measures of other things set it.</summary>
    [Range(1_000, 10_000_000)]
    public int? PasswordIterations { get; set; }

    /// <summary>The wrong password with this number blocks the name for a while.</summary>
    [Range(1, 100)]
    public int WrongPasswordsUntilBlock { get; set; } = 6;

    /// <summary>First block, in minutes; each further one doubles, up to an hour.</summary>
    [Range(1, 60)]
    public int BlockMinutes { get; set; } = 15;

    /// <summary>Wrong passwords from one address (IPv6: one /64), on all nodes, within ten minutes before it has to wait, but for browsers that the account knows.</summary>
    [Range(1, 1_000_000)]
    public int WrongPasswordsPerAddress { get; set; } = 100;

    /// <summary>Wrong passwords on all nodes within one minute before everybody's password sign-in has to wait, but in browsers that the account knows.</summary>
    [Range(1, 1_000_000)]
    public int WrongPasswordsPerMinute { get; set; } = 2_000;
}
