using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.DataProtection.XmlEncryption;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Yinxin.ServiceDefaults.Security;

/// <summary>The Data Protection key ring lies on disk encrypted under <c>App:MasterKey</c>: a copied directory opens no cookie.</summary>
internal sealed class EncryptedKeyRing(IDataCipher cipher) : IXmlEncryptor, IConfigureOptions<KeyManagementOptions>
{
    internal const string Purpose = "data-protection";

    public void Configure(KeyManagementOptions options) => options.XmlEncryptor = this;

    public EncryptedXmlInfo Encrypt(XElement plaintextElement) => new(
        new XElement("yinxinEnvelope", cipher.EncryptText(Purpose, plaintextElement.ToString(SaveOptions.DisableFormatting))), typeof(EncryptedKeyRingReader));
}

/// <summary>Created by Data Protection itself, through its constructor with services.</summary>
internal sealed class EncryptedKeyRingReader(IServiceProvider services) : IXmlDecryptor
{
    public XElement Decrypt(XElement encryptedElement) =>
        XElement.Parse(services.GetRequiredService<IDataCipher>().DecryptText(EncryptedKeyRing.Purpose, encryptedElement.Value));
}
