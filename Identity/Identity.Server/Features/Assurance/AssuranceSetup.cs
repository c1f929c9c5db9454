using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Server.Features.Assurance.Policy;

namespace Yinxin.Identity.Server.Features.Assurance;

internal static class AssuranceSetup
{
    /// <summary>Before everything that makes evidence: the policy must stand first.</summary>
    public static void AddAssurance(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<AssurancePolicies>();
        builder.Services.AddScoped<GradeReader>();
        builder.Services.AddHostedService<PolicySeeding>();
        builder.Services.AddHostedService<EvidenceAdoption>();
    }
}
