using Microsoft.Extensions.DependencyInjection.Extensions;
using Yinxin.ServiceDefaults.Database;
using Yinxin.ServiceDefaults.Settings;
using Yinxin.Trust.Server.Features.Acme.Accounts;
using Yinxin.Trust.Server.Features.Acme.Authorizations;
using Yinxin.Trust.Server.Features.Acme.Certificates;
using Yinxin.Trust.Server.Features.Acme.Messages;
using Yinxin.Trust.Server.Features.Acme.Orders;
using Yinxin.Trust.Server.Features.Acme.Problems;
using Yinxin.Trust.Server.Features.Acme.Validation;

namespace Yinxin.Trust.Server.Features.Acme;

/// <summary>ACME's parts in the app.</summary>
internal static class AcmeHosting
{
    public static void AddAcme(this IServiceCollection services)
    {
        services.AddValidatedOptions<AcmeSettings>(AcmeSettings.Section);
        services.AddSingleton<AcmeAddresses>();
        services.AddSingleton<RequestBrake>();
        services.AddSingleton<Nonces>();
        services.AddScoped<SignedRequests>();
        services.AddScoped<IHousekeepingTask, AcmeCleaning>();
        AddFeatures(services);
        AddValidation(services);
    }

    public static void MapAcme(this WebApplication app)
    {
        var group = app.MapGroup(AcmeAddresses.Root).AddEndpointFilter<RouteGroupBuilder, AcmeExchange>();
        ShowDirectory.Map(group);
        NewAccount.Map(group);
        UpdateAccount.Map(group);
        ChangeKey.Map(group);
        ListOrders.Map(group);
        NewOrder.Map(group);
        ShowOrder.Map(group);
        FinalizeOrder.Map(group);
        ShowAuthorization.Map(group);
        AnswerChallenge.Map(group);
        DownloadCertificate.Map(group);
        RevokeIssued.Map(group);
        RenewalInfo.Map(group);

        // RFC 8555 §6.3: what is read by POST-as-GET is not read by GET.
        group.Map("/{**path}", (HttpContext http) => throw new AcmeException(AcmeErrorKind.Malformed, "There is nothing at this address, or it does not take this method.")
        {
            Status = HttpMethods.IsPost(http.Request.Method) ? StatusCodes.Status404NotFound : StatusCodes.Status405MethodNotAllowed,
        });
        ManageExternalKeys.Map(app);
    }

    private static void AddFeatures(IServiceCollection services)
    {
        services.AddScoped<NewAccount>();
        services.AddScoped<ExternalBinding>();
        services.AddScoped<UpdateAccount>();
        services.AddScoped<ChangeKey>();
        services.AddScoped<ListOrders>();
        services.AddScoped<ManageExternalKeys>();
        services.AddScoped<Identifiers>();
        services.AddScoped<NewOrder>();
        services.AddScoped<OrderLimits>();
        services.AddScoped<ShowOrder>();
        services.AddScoped<FinalizeOrder>();
        services.AddScoped<ShowAuthorization>();
        services.AddScoped<AnswerChallenge>();
        services.AddScoped<IssuedSites>();
        services.AddScoped<ReplacedCertificate>();
        services.AddScoped<FollowedCertificates>();
        services.AddScoped<DownloadCertificate>();
        services.AddScoped<RevokeIssued>();
        services.AddScoped<RenewalInfo>();
    }

    private static void AddValidation(IServiceCollection services)
    {
        services.TryAddSingleton<INameResolution, SystemNameResolution>();
        services.AddSingleton<AllowedNetworks>();
        services.AddSingleton<GuardedConnection>();
        services.AddSingleton<HttpProof>();
        services.AddSingleton<TlsProof>();
        services.AddSingleton<ChallengeLook>();
        services.AddSingleton<ChallengeSignal>();
        services.AddScoped<ChallengeLedger>();
        services.AddHostedService<ChallengeWatch>();
    }
}
