using Microsoft.EntityFrameworkCore;

namespace Yinxin.Trust.Server.Data;

/// <summary>Whoever orders certificates by ACME (RFC 8555 §7.1.2), known by a key.</summary>
internal sealed class AcmeAccount
{
    public Guid Id { get; set; }

    /// <summary>Of the key (RFC 7638), base64url of SHA-256; one account for each key.</summary>
    public string Thumbprint { get; set; } = "";

    /// <summary>DER SubjectPublicKeyInfo.</summary>
    public byte[] PublicKey { get; set; } = [];

    /// <summary>P-256, P-384, RSA or Ed25519: with which algorithm the key signs.</summary>
    public string KeyType { get; set; } = "";

    public AcmeAccountStatus Status { get; set; }

    /// <summary>JSON array of mailto URIs, encrypted; addresses of persons.</summary>
    public string EncryptedContacts { get; set; } = "";

    public bool TermsAgreed { get; set; }

    /// <summary>The key that bound it to somebody known here (RFC 8555 §7.3.4).</summary>
    public string? ExternalKeyId { get; set; }

    /// <summary>The binding as the client sent it, a flattened JWS; shown in the account.</summary>
    public string? ExternalBinding { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    /// <summary>Address or network of the client that made it, for limits.</summary>
    public string CreatedFrom { get; set; } = "";

    /// <summary>Orders so far. Whoever makes one updates it first: the row's lock gives the orders of one account one sequence, so that limits hold.</summary>
    public long Orders { get; set; }
}

internal enum AcmeAccountStatus
{
    Valid,

    /// <summary>By its owner.</summary>
    Deactivated,

    /// <summary>By us.</summary>
    Revoked,
}

/// <summary>A key by which a new account proves who it belongs to (RFC 8555 §7.3.4); binds one account.</summary>
internal sealed class AcmeExternalKey
{
    public string Id { get; set; } = "";

    /// <summary>For whom it was made.</summary>
    public string Name { get; set; } = "";

    public byte[] EncryptedKey { get; set; } = [];

    public string CreatedBy { get; set; } = "";

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    public Guid? AccountId { get; set; }

    public DateTimeOffset? RevokedAt { get; set; }
}

/// <summary>An order (RFC 8555 §7.1.3). Its row is updated before those of its authorizations and challenges: one order of locks for everybody.</summary>
internal sealed class AcmeOrder
{
    public Guid Id { get; set; }

    public Guid AccountId { get; set; }

    /// <summary>1, 2, 3 … for each account.</summary>
    public long Number { get; set; }

    public AcmeOrderStatus Status { get; set; }

    public DateTimeOffset CreatedAt { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    /// <summary>Changes of its authorizations so far; its update takes the row's lock.</summary>
    public long Changes { get; set; }

    /// <summary>Why it became invalid; JSON of an ACME problem.</summary>
    public string? Error { get; set; }

    /// <summary>The certificate that its own takes the place of, as RFC 9773 §4.1 writes it.</summary>
    public string? Replaces { get; set; }

    /// <summary>The issuing CA, once issued.</summary>
    public string? Authority { get; set; }

    /// <summary>Of the certificate, once issued; as in <see cref="IssuedCertificate"/>.</summary>
    public string? Serial { get; set; }

    public DateTimeOffset? CertificateEnds { get; set; }

    public List<AcmeAuthorization> Authorizations { get; } = [];
}

/// <summary>RFC 8555 §7.1.6. Issuing is one transaction, so that nobody sees «processing».</summary>
internal enum AcmeOrderStatus
{
    Pending,
    Ready,
    Valid,
    Invalid,
}

/// <summary>One name of one order, and whether its control is proved (RFC 8555 §7.1.4).</summary>
internal sealed class AcmeAuthorization
{
    public Guid Id { get; set; }

    public Guid OrderId { get; set; }

    public AcmeOrder? Order { get; set; }

    public Guid AccountId { get; set; }

    /// <summary>Its place in the order.</summary>
    public int Position { get; set; }

    /// <summary><c>dns</c> or <c>ip</c>.</summary>
    public string Type { get; set; } = "";

    /// <summary>In lower case; an address in its one form (RFC 8738 §3).</summary>
    public string Value { get; set; } = "";

    public AcmeAuthorizationStatus Status { get; set; }

    public DateTimeOffset ExpiresAt { get; set; }

    /// <summary>When its proof failed.</summary>
    public DateTimeOffset? FailedAt { get; set; }

    public List<AcmeChallenge> Challenges { get; } = [];
}

internal enum AcmeAuthorizationStatus
{
    Pending,
    Valid,
    Invalid,
    Deactivated,
}

/// <summary>One way to prove an authorization (RFC 8555 §7.1.5).</summary>
internal sealed class AcmeChallenge
{
    public Guid Id { get; set; }

    public Guid AuthorizationId { get; set; }

    public AcmeAuthorization? Authorization { get; set; }

    /// <summary><c>http-01</c> or <c>tls-alpn-01</c>.</summary>
    public string Type { get; set; } = "";

    /// <summary>Base64url of 32 random bytes.</summary>
    public string Token { get; set; } = "";

    public AcmeChallengeStatus Status { get; set; }

    /// <summary>What the client must show, by the key with which it answered.</summary>
    public string? KeyAuthorization { get; set; }

    public int Attempts { get; set; }

    /// <summary>When it is looked at next; put forward by the node that looks, so that no other does.</summary>
    public DateTimeOffset? DueAt { get; set; }

    public DateTimeOffset? ValidatedAt { get; set; }

    /// <summary>What the last attempt met; JSON of an ACME problem.</summary>
    public string? Error { get; set; }
}

internal enum AcmeChallengeStatus
{
    Pending,
    Processing,
    Valid,
    Invalid,
}

/// <summary>A nonce that was used and may not be used again while it would still be accepted.</summary>
internal sealed class AcmeUsedNonce
{
    public string Value { get; set; } = "";

    public DateTimeOffset ExpiresAt { get; set; }
}

/// <summary>ACME's tables in the model.</summary>
internal static class AcmeModel
{
    public static void AddAcme(this ModelBuilder model)
    {
        model.Entity<AcmeAccount>(account =>
        {
            account.ToTable("AcmeAccounts");
            account.Property(a => a.Thumbprint).HasMaxLength(43);
            account.Property(a => a.KeyType).HasMaxLength(10);
            account.Property(a => a.Status).HasConversion<string>().HasMaxLength(12);
            account.Property(a => a.ExternalKeyId).HasMaxLength(43);
            account.Property(a => a.CreatedFrom).HasMaxLength(60);
            account.HasIndex(a => a.Thumbprint).IsUnique();
            account.HasIndex(a => a.PublicKey);
            account.HasIndex(a => new { a.CreatedFrom, a.CreatedAt });
        });
        model.Entity<AcmeExternalKey>(key =>
        {
            key.ToTable("AcmeExternalKeys");
            key.Property(k => k.Id).HasMaxLength(43);
            key.Property(k => k.Name).HasMaxLength(200);
        });
        model.Entity<AcmeUsedNonce>(nonce =>
        {
            nonce.ToTable("AcmeUsedNonces");
            nonce.HasKey(n => n.Value);
            nonce.Property(n => n.Value).HasMaxLength(22);
            nonce.HasIndex(n => n.ExpiresAt);
        });
        AddOrders(model);
    }

    private static void AddOrders(ModelBuilder model)
    {
        model.Entity<AcmeOrder>(order =>
        {
            order.ToTable("AcmeOrders");
            order.Property(o => o.Status).HasConversion<string>().HasMaxLength(12);
            order.Property(o => o.Replaces).HasMaxLength(100);
            order.Property(o => o.Authority).HasMaxLength(60);
            order.Property(o => o.Serial).HasMaxLength(40);
            order.HasOne<AcmeAccount>().WithMany().HasForeignKey(o => o.AccountId).OnDelete(DeleteBehavior.Restrict);
            order.HasMany(o => o.Authorizations).WithOne(a => a.Order).HasForeignKey(a => a.OrderId).OnDelete(DeleteBehavior.Cascade);
            order.HasIndex(o => new { o.AccountId, o.Number }).IsUnique();
            order.HasIndex(o => new { o.AccountId, o.CreatedAt });
            order.HasIndex(o => new { o.Authority, o.Serial });
            order.HasIndex(o => o.Replaces);
            order.HasIndex(o => o.ExpiresAt);
        });
        model.Entity<AcmeAuthorization>(authorization =>
        {
            authorization.ToTable("AcmeAuthorizations");
            authorization.Property(a => a.Type).HasMaxLength(10);
            authorization.Property(a => a.Value).HasMaxLength(253);
            authorization.Property(a => a.Status).HasConversion<string>().HasMaxLength(12);
            authorization.HasMany(a => a.Challenges).WithOne(c => c.Authorization).HasForeignKey(c => c.AuthorizationId).OnDelete(DeleteBehavior.Cascade);
            authorization.HasIndex(a => new { a.AccountId, a.Value, a.FailedAt });
        });
        model.Entity<AcmeChallenge>(challenge =>
        {
            challenge.ToTable("AcmeChallenges");
            challenge.Property(c => c.Type).HasMaxLength(20);
            challenge.Property(c => c.Token).HasMaxLength(43);
            challenge.Property(c => c.Status).HasConversion<string>().HasMaxLength(12);
            challenge.Property(c => c.KeyAuthorization).HasMaxLength(90);
            challenge.HasIndex(c => new { c.Status, c.DueAt });
        });
    }
}
