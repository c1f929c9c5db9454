using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Yinxin.Identity.Client.Forms;

namespace Yinxin.Identity.Client.Assurance;

/// <summary>What <c>RequireAssurance</c> needs. <c>AddYinxinSignIn</c> brings it along; an API without pages adds it by itself.</summary>
public static class AssuranceSetup
{
    /// <summary>Makes <see cref="RequireAssuranceAttribute"/> work and answers, where it is not met, by RFC 9470.</summary>
    public static IServiceCollection AddAssurance(this IServiceCollection services)
    {
        services.AddDistributedMemoryCache();
        services.AddDataProtection();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<KeptForms>();
        services.TryAddSingleton<StepUpChallenge>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IAuthorizationHandler, AssuranceRequirementHandler>());
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, StepUpResultHandler>();
        return services;
    }
}
