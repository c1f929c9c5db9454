using System.Collections.Frozen;
using Yinxin.Trust.Bundles;

namespace Yinxin.Trust.TrustLists;

/// <summary>URIs of a list: those of ETSI TS 119 612 where there are such, our own URNs for kinds of service that it does not know.</summary>
public static class TrustListTerms
{
    /// <summary>Kind of our lists.</summary>
    public const string ListType = "urn:yinxin:trust-list:type:province";

    /// <summary>How services come to their status.</summary>
    public const string StatusDetermination = "urn:yinxin:trust-list:status:supervised";

    /// <summary>Granted (TS 119 612 §5.5.4).</summary>
    public const string Granted = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/granted";

    /// <summary>Withdrawn (TS 119 612 §5.5.4).</summary>
    public const string Withdrawn = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/withdrawn";

    /// <summary>A CA for departments and signers of documents.</summary>
    public const string DocumentSigner = "urn:yinxin:trust-list:service:document-signer";

    /// <summary>A CA for seal makers and seal signers.</summary>
    public const string SealMaker = "urn:yinxin:trust-list:service:seal-maker";

    /// <summary>A CA for persons and organisations who sign in.</summary>
    public const string ClientAuthentication = "urn:yinxin:trust-list:service:client-authentication";

    /// <summary>A CA for persons and organisations who sign what they hand in.</summary>
    public const string SubscriberSigner = "urn:yinxin:trust-list:service:subscriber-signer";

    /// <summary>A time-stamping service (TS 119 612 §5.5.1.1).</summary>
    public const string Timestamping = "http://uri.etsi.org/TrstSvc/Svctype/TSA";

    /// <summary>The statuses under which a service is trusted.</summary>
    public static readonly FrozenSet<string> TrustedStatuses = FrozenSet.Create(
        StringComparer.Ordinal, Granted, "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus/recognisedatnationallevel");

    private static readonly FrozenDictionary<string, string> Purposes = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        [DocumentSigner] = AnchorPurposes.DocumentSigner,
        [SealMaker] = AnchorPurposes.SealMaker,
        [Timestamping] = AnchorPurposes.Tsa,
        [ClientAuthentication] = AnchorPurposes.ClientAuthentication,
        [SubscriberSigner] = AnchorPurposes.SubscriberSigner,
        ["http://uri.etsi.org/TrstSvc/Svctype/TSA/QTST"] = AnchorPurposes.Tsa,
        ["http://uri.etsi.org/TrstSvc/Svctype/CA/QC"] = AnchorPurposes.DocumentSigner,
        ["http://uri.etsi.org/TrstSvc/Svctype/CA/PKC"] = AnchorPurposes.DocumentSigner,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>What a kind of service is an anchor for; null for kinds that are not used here.</summary>
    public static string? PurposeOf(string serviceType) => Purposes.GetValueOrDefault(serviceType);

    /// <summary>The kind of service for a purpose of anchors.</summary>
    public static string? ServiceOf(string purpose) => purpose switch
    {
        AnchorPurposes.DocumentSigner => DocumentSigner,
        AnchorPurposes.SealMaker => SealMaker,
        AnchorPurposes.Tsa => Timestamping,
        AnchorPurposes.ClientAuthentication => ClientAuthentication,
        AnchorPurposes.SubscriberSigner => SubscriberSigner,
        _ => null,
    };
}
