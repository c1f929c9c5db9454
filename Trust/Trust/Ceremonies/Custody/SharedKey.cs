using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.X509;
using Yinxin.Trust.Certificates;

namespace Yinxin.Trust.Ceremonies.Custody;

/// <summary>
/// A 256-bit key that any <see cref="Threshold"/> custodians open together, and fewer never. There is no kept library for Shamir's scheme, and none
/// is written here: every custodian has a random secret, and for every combination of <see cref="Threshold"/> custodians the key is encrypted by
/// AES-256-GCM under HKDF-SHA-256 (RFC 5869) of their secrets together. Whoever lacks one of the secrets lacks 256 bits of each of the keys.
/// This record discloses nothing and may be copied.
/// </summary>
/// <param name="Version">Format version, 1.</param>
/// <param name="Id">Random, hex; binds shares and encryptions together.</param>
/// <param name="Threshold">How many custodians are needed.</param>
/// <param name="Custodians">Who they are.</param>
/// <param name="Combinations">The key, once for each combination of custodians.</param>
public sealed record SharedKey(int Version, string Id, int Threshold, IReadOnlyList<Custodian> Custodians, IReadOnlyList<Combination> Combinations)
{
    /// <summary>The most custodians: 12 over 6 are 924 combinations.</summary>
    public const int MostCustodians = 12;

    private const int Length = 32, Nonce = 12, Tag = 16;

    /// <summary>Splits a key.</summary>
    /// <param name="key">32 bytes; the caller wipes them.</param>
    /// <param name="certificates">One for each custodian, of different keys.</param>
    /// <param name="threshold">At least 2: a root that one person opens alone is not split.</param>
    /// <param name="now">At which the certificates must be valid.</param>
    /// <returns>The public part, and a share for each custodian, which the caller disposes.</returns>
    /// <exception cref="CeremonyException">Threshold or certificates are refused.</exception>
    public static (SharedKey Shared, IReadOnlyList<KeyShare> Shares) Split(ReadOnlySpan<byte> key, IReadOnlyList<X509Certificate> certificates, int threshold, DateTimeOffset now)
    {
        Demand(certificates, threshold, now);
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var shares = certificates.Select((c, i) => new KeyShare(1, id, i + 1, c.SubjectDN.CommonName(), threshold, certificates.Count, RandomNumberGenerator.GetBytes(Length))).ToList();
        var custodians = shares.Zip(certificates, (s, c) => new Custodian(s.Number, s.Custodian, c.GetEncoded(), CheckOf(s))).ToList();
        var combinations = new List<Combination>();
        foreach (var chosen in Choose(shares, threshold))
        {
            combinations.Add(new Combination([.. chosen.Select(s => s.Number)], Close(key, id, chosen)));
        }

        return (new SharedKey(1, id, threshold, custodians, combinations), shares);
    }

    /// <summary>The key; the caller wipes it.</summary>
    /// <exception cref="CeremonyException">Too few, foreign or changed shares; the message names which.</exception>
    public byte[] Join(IReadOnlyCollection<KeyShare> shares)
    {
        foreach (var share in shares)
        {
            Demand(share);
        }

        var chosen = shares.DistinctBy(s => s.Number).OrderBy(s => s.Number).Take(Threshold).ToList();
        if (chosen.Count < Threshold)
        {
            throw new CeremonyException(CeremonyException.FewShares, $"{Threshold} different shares are needed, {chosen.Count} are here.", $"需要 {Threshold} 份不同的份额，现有 {chosen.Count} 份。");
        }

        var numbers = chosen.Select(s => s.Number).ToList();
        var combination = Combinations.FirstOrDefault(c => c.Custodians.SequenceEqual(numbers))
            ?? throw new CeremonyException(CeremonyException.Directory, "The record of the splitting lacks this combination of custodians.", "拆分记录缺少该组合。");
        return Open(combination.Key, chosen);
    }

    private static void Demand(IReadOnlyList<X509Certificate> certificates, int threshold, DateTimeOffset now)
    {
        if (certificates.Count is < 2 or > MostCustodians || threshold < 2 || threshold > certificates.Count)
        {
            throw new CeremonyException(
                CeremonyException.Threshold, $"2 to {MostCustodians} custodians and a threshold from 2 to their number are needed.", $"需要 2 至 {MostCustodians} 名保管人，门限为 2 至保管人数。");
        }

        foreach (var certificate in certificates)
        {
            Custodian.Demand(certificate, now);
        }

        if (certificates.DistinctBy(c => Convert.ToHexString(c.SubjectPublicKeyInfo.GetDerEncoded())).Count() < certificates.Count)
        {
            throw new CeremonyException(CeremonyException.Custodian, "Two custodians have the same key.", "两名保管人的密钥相同。");
        }
    }

    private void Demand(KeyShare share)
    {
        if (share.Splitting != Id)
        {
            throw new CeremonyException(CeremonyException.ForeignShare, $"The share of {share.Custodian} belongs to another splitting.", $"{share.Custodian}的份额属于另一次拆分。");
        }

        if (Custodians.FirstOrDefault(c => c.Number == share.Number) is not { } custodian || !CryptographicOperations.FixedTimeEquals(custodian.Check, CheckOf(share)))
        {
            throw new CeremonyException(CeremonyException.ChangedShare, $"Share {share.Number} is changed.", $"第 {share.Number} 份份额被改动。");
        }
    }

    private byte[] Open(byte[] closed, List<KeyShare> chosen)
    {
        var wrapping = Wrapping(Id, chosen);
        var key = new byte[Length];
        try
        {
            using var aes = new AesGcm(wrapping, Tag);
            aes.Decrypt(closed.AsSpan(0, Nonce), closed.AsSpan(Nonce + Tag), closed.AsSpan(Nonce, Tag), key, Associated(Id, chosen));
            return key;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new CeremonyException(CeremonyException.Directory, "The record of the splitting is changed: the shares are right, but the key does not open.", "拆分记录被改动：份额正确，但无法打开密钥。", e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(wrapping);
        }
    }

    private static byte[] Close(ReadOnlySpan<byte> key, string id, IReadOnlyList<KeyShare> chosen)
    {
        var wrapping = Wrapping(id, chosen);
        var closed = new byte[Nonce + Tag + Length];
        RandomNumberGenerator.Fill(closed.AsSpan(0, Nonce));
        using var aes = new AesGcm(wrapping, Tag);
        aes.Encrypt(closed.AsSpan(0, Nonce), key, closed.AsSpan(Nonce + Tag), closed.AsSpan(Nonce, Tag), Associated(id, chosen));
        CryptographicOperations.ZeroMemory(wrapping);
        return closed;
    }

    private static byte[] Wrapping(string id, IReadOnlyList<KeyShare> chosen)
    {
        var secrets = new byte[chosen.Count * Length];
        for (var i = 0; i < chosen.Count; i++)
        {
            chosen[i].Secret.CopyTo(secrets, i * Length);
        }

        var wrapping = HKDF.DeriveKey(HashAlgorithmName.SHA256, secrets, Length, Encoding.ASCII.GetBytes(id), Associated(id, chosen));
        CryptographicOperations.ZeroMemory(secrets);
        return wrapping;
    }

    private static byte[] CheckOf(KeyShare share) => HKDF.DeriveKey(
        HashAlgorithmName.SHA256, share.Secret, Length, Encoding.ASCII.GetBytes(share.Splitting), Encoding.ASCII.GetBytes(FormattableString.Invariant($"yinxin share check {share.Number}")));

    private static byte[] Associated(string id, IReadOnlyList<KeyShare> chosen) => Encoding.ASCII.GetBytes($"yinxin shared key {id} {string.Join(',', chosen.Select(s => s.Number))}");

    private static IEnumerable<IReadOnlyList<KeyShare>> Choose(IReadOnlyList<KeyShare> from, int count) => count == 0 ? [[]]
        : from.SelectMany((first, i) => Choose([.. from.Skip(i + 1)], count - 1).Select(rest => (IReadOnlyList<KeyShare>)[first, .. rest]));
}

/// <summary>The key for one combination of custodians.</summary>
/// <param name="Custodians">Their numbers, ascending.</param>
/// <param name="Key">Nonce 12 · tag 16 · ciphertext 32.</param>
public sealed record Combination(IReadOnlyList<int> Custodians, byte[] Key);
