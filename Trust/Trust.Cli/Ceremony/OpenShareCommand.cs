using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Asn1.Pkcs;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Pkcs;
using Yinxin.Trust.Ceremonies;
using Yinxin.Trust.Ceremonies.Custody;
using Yinxin.Trust.Keys.Software;

namespace Yinxin.Trust.Cli.Ceremony;

/// <summary><c>open-share</c>: a custodian opens the own share with the own key; <c>openssl cms -decrypt</c> does the same.</summary>
internal static class OpenShareCommand
{
    public static Command Create()
    {
        var share = new Option<FileInfo>("--share") { Required = true, Description = "share-N.cms.pem" };
        var key = new Option<FileInfo>("--key") { Required = true, Description = "保管人私钥（PKCS#8 PEM）/ the custodian's private key (PKCS#8, PEM, encrypted or not)" };
        var passphrase = new Option<FileInfo?>("--passphrase-file") { Description = "私钥口令文件 / file with the passphrase of the key" };
        var result = new Option<FileInfo>("--out") { Required = true, Description = "输出文件，用后销毁 / where the opened share goes; destroy it after the step" };
        var command = new Command("open-share", "保管人打开自己的份额 / a custodian opens the own share; exit 0 done, 1 refused") { share, key, passphrase, result };
        command.SetAction(parsed => CeremonyCommands.Run(parsed, output =>
        {
            var place = parsed.GetRequiredValue(result);
            if (place.Exists)
            {
                throw new CeremonyException(CeremonyException.Exists, $"{place.Name} is there already; nothing is overwritten.", $"{place.Name} 已存在，不会覆盖。");
            }

            var pkcs8 = PrivateKey(parsed.GetRequiredValue(key), parsed.GetValue(passphrase));
            byte[]? json = null;
            try
            {
                using var opened = ShareEnvelope.Open(Encoding.Latin1.GetString(CeremonyCommands.Read(parsed.GetRequiredValue(share))), pkcs8);
                json = opened.ToJson();
                PrivateFiles.Write(place.FullName, json);
                output.Say($"已打开第 {opened.Number} 份（共 {opened.Of} 份，需 {opened.Threshold} 份）", $"opened share {opened.Number} of {opened.Of}; {opened.Threshold} are needed");
            }
            finally
            {
                CryptographicOperations.ZeroMemory(pkcs8);
                CryptographicOperations.ZeroMemory(json);
            }
        }));
        return command;
    }

    private static byte[] PrivateKey(FileInfo file, FileInfo? passphrase)
    {
        try
        {
            var pem = Encoding.Latin1.GetString(CeremonyCommands.Read(file));
            if (!PemEncoding.TryFind(pem, out var fields))
            {
                throw new CryptographicException("no PEM");
            }

            var der = Convert.FromBase64String(pem[fields.Base64Data]);
            return pem[fields.Label] switch
            {
                "PRIVATE KEY" => der,
                "ENCRYPTED PRIVATE KEY" when passphrase is not null => Decrypt(der, Encoding.UTF8.GetString(CeremonyCommands.Read(passphrase)).TrimEnd('\r', '\n')),
                _ => throw new CryptographicException("no PKCS#8, or no passphrase"),
            };
        }
        catch (Exception e) when (e is CryptographicException and not CeremonyException)
        {
            throw new CeremonyException(CeremonyException.Custodian, $"{file.Name} is no PKCS#8 key in PEM, or needs its right passphrase.", $"{file.Name} 不是 PKCS#8 私钥，或口令不对。", e);
        }
    }

    private static byte[] Decrypt(byte[] encrypted, string passphrase)
    {
        try
        {
            return PrivateKeyInfoFactory.CreatePrivateKeyInfo(passphrase.ToCharArray(), EncryptedPrivateKeyInfo.GetInstance(encrypted)).GetEncoded();
        }
        catch (Exception e) when (e is InvalidCipherTextException or ArgumentException or IOException or InvalidCastException or InvalidOperationException)
        {
            throw new CryptographicException("the passphrase does not open the key", e);
        }
    }
}
