using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Identity;

namespace Yinxin.Identity.Server.Data;

/// <summary>Who signs in. An organisation never does: persons act for it.</summary>
internal enum AccountKind
{
    Person,
    Staff,
}

/// <summary>
/// Credentials and nothing else; who it is stands in <see cref="Person"/> or <see cref="StaffMember"/> under the same key.
/// The key is also the <c>sub</c> of tokens, so it never carries meaning.
/// </summary>
internal sealed class Account : IdentityUser<Guid>
{
    public AccountKind Kind { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>Sessions that began before this are dead: a password change ends them all.</summary>
    public DateTimeOffset? PasswordChangedAt { get; set; }

    /// <summary>Set when the account was closed, by its owner or an administrator; it can no longer sign in and its tokens are not renewed.</summary>
    public DateTimeOffset? ClosedAt { get; set; }

    /// <summary>When the person's own wish to close the account takes effect; null when there is none, or it was taken back.</summary>
    public DateTimeOffset? ClosingAt { get; set; }

    /// <summary>Set while a <see cref="StandingFreeze"/> stands, to when the first of them came: the account cannot sign in, its sessions and tokens are dead. Nothing is lost; it can be lifted.</summary>
    public DateTimeOffset? FrozenAt { get; set; }

    /// <summary>The strongest reason that stands, a word for machines, e.g. <c>deceased</c>.</summary>
    [MaxLength(60)]
    public string? FrozenReason { get; set; }

    public Person? Person { get; set; }

    public StaffMember? StaffMember { get; set; }

    /// <summary>Whether the password is still the one that the administrator who opened the account has seen: no role counts before it was changed.</summary>
    public bool HasInitialPassword => StaffMember is { InitialPassword: true } && PasswordChangedAt is null;

    /// <summary>The name that pages and tokens show.</summary>
    public string DisplayName => Person?.Name ?? StaffMember?.Name ?? UserName ?? "";
}
