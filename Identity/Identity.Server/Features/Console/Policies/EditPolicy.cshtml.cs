using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.EntityFrameworkCore;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Assurance;
using Yinxin.Identity.Server.Features.Assurance.Administration;
using Yinxin.Identity.Server.Features.Assurance.Policy;
using Yinxin.Identity.Server.Features.Console.Access;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Console.Policies;

/// <summary>Begins with the policy in force; what cannot be used comes back as it was typed, with the member and what is wrong with it.</summary>
internal sealed class EditPolicyModel(IdentityContext database, AssurancePolicies policies, PolicyAdministration administration) : ConsolePage
{
    private static readonly Problem NotJson = new("identity.policy.json", 422, "不是有效的 JSON。", "It is no valid JSON.");

    [BindProperty]
    public string? Document { get; set; }

    [BindProperty]
    public string? Note { get; set; }

    protected override IReadOnlyList<string> Readers => ConsoleRights.WritePolicies;

    public async Task OnGetAsync(CancellationToken cancellationToken)
    {
        var version = (await policies.InForceAsync(database, cancellationToken)).Version;
        Document = PolicyText.Of(await database.AssurancePolicyVersions.Where(p => p.Version == version).Select(p => p.Document).FirstAsync(cancellationToken));
    }

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        try
        {
            var proposed = await administration.ProposeAsync(Me.Session, Document ?? "", Note, cancellationToken);
            return LocalRedirect($"/console/policies/{proposed.Version}");
        }
        catch (JsonException)
        {
            return Refuse(nameof(Document), NotJson);
        }
        catch (ProblemException e) when (e.Extensions.TryGetValue("reason", out var told) && told is BothLanguages reason)
        {
            var member = e.Extensions["member"] as string;
            return Refuse(nameof(Document), e.Problem with { Chinese = $"该策略不能使用。{member}：{reason.Zh}", English = $"It cannot be used. {member}: {reason.En}" });
        }
        catch (ProblemException e)
        {
            return Refuse(e.Problem == PolicyProblems.NoNote || e.Problem == LastingText.Personal ? nameof(Note) : nameof(Document), e.Problem);
        }
    }
}
