using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using OtpNet;
using QRCoder;
using Yinxin.Identity.Server.Data;

namespace Yinxin.Identity.Server.Features.SecondFactors;

/// <summary>Codes of an app on the phone (TOTP, RFC 6238): SHA-1, six digits, thirty seconds, the only values that every app knows.</summary>
internal sealed class AuthenticatorApps(IdentityContext database, PersonalData personal, TimeProvider time)
{
    private const int SecretLength = 20;

    /// <summary>One step to either side: clocks of phones are rarely wrong by more (RFC 6238 §5.2).</summary>
    private static readonly VerificationWindow Drift = new(previous: 1, future: 1);

    /// <summary>A new secret in base32, as apps want it typed.</summary>
    public static string NewSecret() => Base32Encoding.ToString(RandomNumberGenerator.GetBytes(SecretLength));

    /// <summary>What the QR code holds; no name of the person, since the picture may be photographed.</summary>
    public static string Address(string secret, string account) =>
        new OtpUri(OtpType.Totp, Base32Encoding.ToBytes(secret), account, "印信 Yinxin").ToString();

    /// <summary>The QR code as PNG, for an <c>img</c> with a <c>data:</c> address.</summary>
    public static string Picture(string text)
    {
        using var code = QRCodeGenerator.GenerateQrCode(text, QRCodeGenerator.ECCLevel.M);
        using var picture = new PngByteQRCode(code);
        return "data:image/png;base64," + Convert.ToBase64String(picture.GetGraphic(5));
    }

    /// <summary>The step of a right code for a secret that is not stored yet.</summary>
    /// <returns>Null when the code is wrong.</returns>
    public long? StepOf(string secret, string code) => StepOf(Base32Encoding.ToBytes(secret), code);

    /// <summary>Stores the secret with the caller's save; an app that was there before is replaced.</summary>
    public async Task AddAsync(Guid account, string secret, long step, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var cipher = personal.ProtectFor(account, Purposes.AuthenticatorSecret, secret);
        var app = await database.AuthenticatorApps.FirstOrDefaultAsync(a => a.AccountId == account, cancellationToken);
        if (app is null)
        {
            app = new AuthenticatorApp { AccountId = account, SecretCipher = cipher };
            database.AuthenticatorApps.Add(app);
        }

        (app.SecretCipher, app.AddedAt, app.LastStep, app.LastUsedAt) = (cipher, now, step, now);
    }

    /// <summary>Whether the code is right and of a step that was not used; the step is then spent, also for a request beside this one.</summary>
    public async Task<bool> UseAsync(Guid account, string code, CancellationToken cancellationToken)
    {
        var app = await database.AuthenticatorApps.AsNoTracking().FirstOrDefaultAsync(a => a.AccountId == account, cancellationToken);
        if (app is null || StepOf(personal.Unprotect(Purposes.AuthenticatorSecret, app.SecretCipher), code) is not { } step)
        {
            return false;
        }

        var now = time.GetUtcNow();
        return await database.AuthenticatorApps.Where(a => a.AccountId == account && a.LastStep < step)
            .ExecuteUpdateAsync(set => set.SetProperty(a => a.LastStep, step).SetProperty(a => a.LastUsedAt, now), cancellationToken) == 1;
    }

    private long? StepOf(byte[] secret, string code) =>
        new Totp(secret).VerifyTotp(time.GetUtcNow().UtcDateTime, code, out var step, Drift) ? step : null;
}
