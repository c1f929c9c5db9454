using System.Text.Json;
using OpenIddict.Server;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.Presence;
using Yinxin.Identity.Server.Features.VerifiedClaims;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace Yinxin.Identity.Server.Features.Protocol.Metadata;

/// <summary>RFC 8414 and OIDC Discovery §3: what this provider offers beyond what the engine knows of itself.</summary>
internal sealed class DescribeProvider : IOpenIddictServerHandler<HandleConfigurationRequestContext>
{
    public static readonly OpenIddictServerHandlerDescriptor Descriptor = OpenIddictServerHandlerDescriptor
        .CreateBuilder<HandleConfigurationRequestContext>()
        .UseSingletonHandler<DescribeProvider>()
        .SetOrder(int.MaxValue - 50_000)
        .SetType(OpenIddictServerHandlerType.Custom)
        .Build();

    public ValueTask HandleAsync(HandleConfigurationRequestContext context)
    {
        context.IdTokenSigningAlgorithms.Clear();
        context.IdTokenSigningAlgorithms.UnionWith([Algorithms.EcdsaSha256, Algorithms.RsaSha256]);
        context.SubjectTypes.UnionWith([SubjectTypes.Public, SubjectTypes.Pairwise]);
        context.Metadata["acr_values_supported"] = JsonSerializer.SerializeToElement(AssuranceNames.Supported);
        context.Metadata["claims_parameter_supported"] = true;
        context.Metadata["request_parameter_supported"] = false;
        context.Metadata["request_uri_parameter_supported"] = false;
        context.Metadata["backchannel_logout_supported"] = true;
        context.Metadata["backchannel_logout_session_supported"] = true;
        context.Metadata["ui_locales_supported"] = JsonSerializer.SerializeToElement(new[] { "zh-CN", "en" });
        context.Metadata["authorization_details_types_supported"] = JsonSerializer.SerializeToElement(new[] { PresenceDetail.Type });
        DescribeVerifiedClaims(context);
        return ValueTask.CompletedTask;
    }

    /// <summary>OpenID Connect for Identity Assurance §9.</summary>
    private static void DescribeVerifiedClaims(HandleConfigurationRequestContext context)
    {
        context.Metadata["verified_claims_supported"] = true;
        Add("trust_frameworks_supported", [AssuredEvidence.TrustFramework]);
        Add("evidence_supported", AssuredEvidence.Types);
        Add("documents_supported", AssuredEvidence.Documents);
        Add("documents_check_methods_supported", AssuredEvidence.DocumentChecks);
        Add("electronic_records_supported", AssuredEvidence.Records);
        Add("electronic_records_check_methods_supported", AssuredEvidence.RecordChecks);
        Add("claims_in_verified_claims_supported", VerifiedClaimCatalogue.Names);

        void Add(string name, IReadOnlyList<string> values) => context.Metadata[name] = JsonSerializer.SerializeToElement(values);
    }
}
