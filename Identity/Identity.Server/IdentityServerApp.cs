using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.Assurance.Evidences;
using Yinxin.Identity.Server.Features.AuditAnchors;
using Yinxin.Identity.Server.Features.Authorities;
using Yinxin.Identity.Server.Features.BackChannelLogout;
using Yinxin.Identity.Server.Features.Challenge;
using Yinxin.Identity.Server.Features.Clients;
using Yinxin.Identity.Server.Features.Closing;
using Yinxin.Identity.Server.Features.Console;
using Yinxin.Identity.Server.Features.Counter;
using Yinxin.Identity.Server.Features.DataKeys;
using Yinxin.Identity.Server.Features.Disputes;
using Yinxin.Identity.Server.Features.Endings;
using Yinxin.Identity.Server.Features.Export;
using Yinxin.Identity.Server.Features.FailureAudit;
using Yinxin.Identity.Server.Features.Forms;
using Yinxin.Identity.Server.Features.History;
using Yinxin.Identity.Server.Features.Imports;
using Yinxin.Identity.Server.Features.Mandates;
using Yinxin.Identity.Server.Features.Mandates.Verifying;
using Yinxin.Identity.Server.Features.Notices;
using Yinxin.Identity.Server.Features.Organisations;
using Yinxin.Identity.Server.Features.Passkeys;
using Yinxin.Identity.Server.Features.Passwords;
using Yinxin.Identity.Server.Features.Presence;
using Yinxin.Identity.Server.Features.Protocol;
using Yinxin.Identity.Server.Features.Protocol.Keys;
using Yinxin.Identity.Server.Features.Protocol.Token;
using Yinxin.Identity.Server.Features.Raising;
using Yinxin.Identity.Server.Features.Raising.RealPersons.Local;
using Yinxin.Identity.Server.Features.Raising.Ways;
using Yinxin.Identity.Server.Features.Recovery;
using Yinxin.Identity.Server.Features.Registration;
using Yinxin.Identity.Server.Features.Samples;
using Yinxin.Identity.Server.Features.SecondFactors;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.Identity.Server.Features.SignIn;
using Yinxin.Identity.Server.Features.SourceChanges;
using Yinxin.Identity.Server.Features.Strengthening;
using Yinxin.Identity.Server.Features.Terms;
using Yinxin.Identity.Server.Features.VerifiedClaims;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Database;
using Yinxin.ServiceDefaults.Endings;
using Yinxin.ServiceDefaults.Hosting;
using Yinxin.ServiceDefaults.Outbox;
using Yinxin.ServiceDefaults.Settings;
using Yinxin.ServiceDefaults.Tokens;
using Yinxin.Trust.Validation;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server;

/// <summary>The app as a whole, alone (<c>Program.cs</c>) or inside another program.</summary>
public static class IdentityServerApp
{
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = YinxinHost.CreateBuilder("Yinxin.Identity.Server", args, configure);
        builder.AddYinxinDatabase<IdentityContext, SqliteIdentityContext, PostgresIdentityContext>();
        builder.Services.AddAudit<IdentityContext>();
        builder.Services.AddOutbox<IdentityContext>();
        builder.AddDataKeys();
        builder.AddAssurance();
        builder.AddAccounts();
        // Before the sessions: whoever adds authentication last sets the default, and pages are the default.
        builder.Services.AddSingleton<IEndingsSource, OwnEndings>();
        builder.Services.AddApiTokens(builder.Configuration, "yinxin-identity");
        builder.AddSessions();
        builder.AddForms();
        builder.AddNotices();
        builder.AddHistory();
        builder.Services.AddScoped<OwnData>();
        builder.AddSignIn();
        builder.AddChallenge();
        builder.AddFailureAudit();
        builder.AddSecondFactors();
        builder.AddAuthorities();
        builder.AddRegistration();
        builder.AddTerms();
        builder.AddRecovery();
        builder.AddClosing();
        builder.AddImports();
        builder.AddPasskeys();
        builder.AddClients();
        builder.AddProtocol();
        builder.AddBackChannelLogout();
        builder.AddMandates();
        builder.Services.AddScoped<OrganisationChecks>();
        builder.Services.AddScoped<OrganisationRegistration>();
        builder.AddRaising();
        builder.AddPresence();
        builder.AddVerifiedClaims();
        builder.AddStrengthening();
        builder.AddSourceChanges();
        builder.AddConsole();
        builder.AddDisputes();
        builder.AddCounter();
        builder.Services.AddHttpClient(AuditAnchoring.ClientName, client => client.Timeout = TimeSpan.FromSeconds(10));
        builder.Services.AddHostedService<AuditAnchoring>();
        builder.Services.AddHostedService<SampleSeeding>();
        var portal = AddressSettings.Text((builder.Configuration.GetSection(AddressSettings.Section).Get<AddressSettings>() ?? new AddressSettings()).Web);
        builder.Services.AddKit(new KitOptions("identity", "统一身份认证", "Unified Identity")
        {
            PagesRoot = "/Features",
            Footer =
            [
                new(portal, "印信政务服务网", "Yinxin Government Services"),
                .. ((LegalDocument[])[LegalDocument.Terms, LegalDocument.Privacy]).Select(d => new Column(d.Path, d.Chinese, d.English)),
            ],
        });

        var app = builder.Build();
        app.UseYinxinDefaults();
        app.UseOwnHost();
        app.UseParameterRules();
        app.UseServiceTokenPath();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseFaceSendings();
        app.MapKit();
        app.MapRazorPages();
        app.MapPasskeys();
        app.MapPasswords();
        app.MapCounter();
        app.MapDataKeys();
        app.MapCounterChanges();
        app.MapEndings();
        app.MapMandateRecords();
        app.MapRecordKeys();
        app.MapRaisingWays();
        app.MapPresence();
        app.MapSourcePush();
        app.MapAssurance();
        app.MapImports();
        app.MapConsole();
        app.MapGet("/account/raise", (string? returnUrl) => Results.LocalRedirect("/account/step-up?ReturnUrl=" + Uri.EscapeDataString(returnUrl ?? "")));
        app.MapGet("/", () => Results.LocalRedirect("/account"));
        return app;
    }

    /// <summary>Walks the evidence of all accounts in a database and compares it with the audit, for an auditor who trusts no server.</summary>
    /// <param name="provider"><c>sqlite</c> (then <paramref name="source"/> is a file) or <c>postgres</c> (a connection string).</param>
    /// <param name="source">Where the database is.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many records there are, and the first hundred subjects with a fault: the place, and <c>removed</c>, <c>edited</c>, <c>unrecorded</c> (of which the audit knows nothing) or <c>misspelled</c> (a note that no server wrote).</returns>
    public static async Task<(long Records, IReadOnlyList<(Guid Subject, int Place, string Kind)> Faults)> VerifyEvidenceAsync(string provider, string source, CancellationToken cancellationToken)
    {
        var (records, faults) = await EvidenceVerifier.VerifyAsync(provider, source, cancellationToken);
        return (records, [.. faults.Select(f => (f.SubjectId, f.Place, f.Kind))]);
    }

    /// <summary>Walks the mandates in a database and compares row, signed records and audit, for an auditor who trusts no server. The records are encrypted: their digests stand for them, and no key is needed.</summary>
    /// <param name="provider"><c>sqlite</c> (then <paramref name="source"/> is a file) or <c>postgres</c> (a connection string).</param>
    /// <param name="source">Where the database is.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many records there are, and the first hundred mandates with a fault: the place, and <c>removed</c>, <c>edited</c>, <c>unrecorded</c> (of which the audit knows nothing), <c>row</c> (the mandate is not what its last record left) or <c>misspelled</c> (a note that no server wrote).</returns>
    public static async Task<(long Records, IReadOnlyList<(Guid Mandate, int Place, string Kind)> Faults)> VerifyMandatesAsync(string provider, string source, CancellationToken cancellationToken)
    {
        var (records, faults) = await MandateVerifier.VerifyAsync(provider, source, cancellationToken);
        return (records, [.. faults.Select(f => (f.MandateId, f.Place, f.Kind))]);
    }

    /// <summary>Holds the anchors of an app's audit against its chain, the timestamp authority and the clock.</summary>
    /// <param name="audit">Its records and anchors.</param>
    /// <param name="material">Whose timestamps count; null when nobody knows.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>How many anchors hold, whether nobody vouches for those who stamped, and each fault: the record's number, of a gap the anchor behind it too, and what is wrong.</returns>
    public static async Task<(int Good, bool Unvouched, IReadOnlyList<(long Sequence, long? Until, string Kind)> Faults)> VerifyAnchorsAsync(DbContext audit, ValidationMaterial? material, CancellationToken cancellationToken)
    {
        var verdict = await new AnchorJudge(audit, material).JudgeAsync(cancellationToken);
        return (verdict.Good, verdict.Unvouched, [.. verdict.Faults.Select(f => (f.Sequence, f.Until, f.Kind))]);
    }
}
