using Yinxin.Identity.Server.Features.Freezing;
using Yinxin.ServiceDefaults.Outbox;

namespace Yinxin.Identity.Server.Features.SourceChanges;

internal static class SourceChangeSetup
{
    public static void AddSourceChanges(this WebApplicationBuilder builder)
    {
        builder.Services.AddScoped<AccountFreezing>();
        builder.Services.AddScoped<OrganisationFreezing>();
        builder.Services.AddSingleton<SourceStatements>();
        builder.Services.AddScoped<EndedPowers>();
        builder.Services.AddScoped<PersonChanges>();
        builder.Services.AddScoped<OrganisationAtSource>();
        builder.Services.AddScoped<WithdrawnAnswers>();
        builder.Services.AddScoped<SourceChangeBook>();
        builder.Services.AddScoped<Reconciliation>();
        builder.Services.AddScoped<FaceReferences>();
        builder.Services.AddOutboxHandler<SourceNotice>();
        builder.Services.AddHostedService<NightlyReconciliation>();
    }
}
