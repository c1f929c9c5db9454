using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Protocol.Keys;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Console.Keys;

/// <summary>A key of tokens as officials see it: nothing of the key itself but its published name.</summary>
/// <param name="Id">Of the row.</param>
/// <param name="KeyId"><c>kid</c>.</param>
/// <param name="Algorithm">One of <see cref="KeyAlgorithms"/>.</param>
/// <param name="State">Where it stands.</param>
/// <param name="From">It is used from here on.</param>
/// <param name="Until">Its use ends, or ended, here; null where nobody knows yet.</param>
/// <param name="TakenUntil">What it signed is taken until here; null where that is not known yet.</param>
internal sealed record ShownKey(Guid Id, string KeyId, string Algorithm, ProtocolKeyState State, DateTimeOffset From, DateTimeOffset? Until, DateTimeOffset? TakenUntil)
{
    /// <summary>All, the youngest first.</summary>
    public static async Task<List<ShownKey>> AllAsync(IdentityContext database, ProtocolKeySettings settings, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var keys = await database.ProtocolKeys.AsNoTracking().ToListAsync(cancellationToken);
        return [.. keys.OrderByDescending(k => k.ActiveFrom).ThenBy(k => k.Algorithm, StringComparer.Ordinal).Select(k => Of(k, keys, settings, now))];
    }

    public static string Word(ITexts texts, ProtocolKeyState state) => state switch
    {
        ProtocolKeyState.Announced => texts.Of("已公布，尚未启用", "Announced, not used yet"),
        ProtocolKeyState.InUse => texts.Of("使用中", "In use"),
        ProtocolKeyState.Kept => texts.Of("已换下，仍可验证", "Followed; what it signed is still taken"),
        ProtocolKeyState.Past => texts.Of("已过期", "Past"),
        _ => texts.Of("已紧急停用", "Taken out of use"),
    };

    public static string Purpose(ITexts texts, string algorithm) => algorithm == KeyAlgorithms.Encryption
        ? texts.Of("加密授权码与刷新令牌", "encrypts codes and refresh tokens")
        : texts.Of("签名", "signs");

    private static ShownKey Of(ProtocolKey key, List<ProtocolKey> all, ProtocolKeySettings settings, DateTimeOffset now)
    {
        var state = KeyLife.StateOf(key, KeyLife.InUse(all, key.Algorithm, now), settings.Kept, now);
        var next = all.Where(k => k.Algorithm == key.Algorithm && k.WithdrawnAt is null && k.ActiveFrom > key.ActiveFrom).MinBy(k => k.ActiveFrom);
        var until = key.RetiredAt ?? next?.ActiveFrom ?? (state == ProtocolKeyState.InUse ? key.ActiveFrom + settings.Life : (DateTimeOffset?)null);
        return new ShownKey(key.Id, key.KeyId, key.Algorithm, state, key.ActiveFrom, until, key.WithdrawnAt ?? until + settings.Kept);
    }
}
