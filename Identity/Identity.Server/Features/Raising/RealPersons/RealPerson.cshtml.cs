using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using Yinxin.Identity.Server.Data;
using Yinxin.Identity.Server.Features.Sessions;
using Yinxin.Identity.Server.Features.Terms;
using Yinxin.ServiceDefaults.Audit;
using Yinxin.ServiceDefaults.Problems;
using Yinxin.ServiceDefaults.Settings;
using Yinxin.Web.Components;

namespace Yinxin.Identity.Server.Features.Raising.RealPersons;

/// <summary>Asks for the separate consent that the law demands for a face, then sends the person to the check.</summary>
[Authorize]
internal sealed class RealPersonModel(
    IdentityContext database, RealPersonCheck check, IRealPersonProvider provider, SessionStore sessions, IAuditTrail audit, IOptions<AddressSettings> addresses, ITexts texts, TimeProvider time)
    : RaisingPage(database, sessions)
{
    [BindProperty]
    public bool Consent { get; set; }

    public bool IsHere => provider.IsHere;

    public Task OnGetAsync(CancellationToken cancellationToken) => PersonAsync(cancellationToken);

    public async Task<IActionResult> OnPostAsync(CancellationToken cancellationToken)
    {
        var person = await PersonAsync(cancellationToken);
        if (!Consent)
        {
            ModelState.AddModelError(nameof(Consent), texts.Of("请先同意，或换一种方式", "Please agree first, or choose another way"));
            return Refuse(StatusCodes.Status422UnprocessableEntity);
        }

        if (!provider.IsOpen)
        {
            return Refuse("", AuthorityRealPerson.Unavailable);
        }

        audit.Add(new AuditEntry("person.realPersonConsent", person.Id.ToString(), person.Id.ToString(), Details: new { privacy = EditionsInForce.At(time.GetUtcNow()).Privacy }));
        try
        {
            return Redirect(await check.BeginAsync(person, User.SessionId()!.Value, AddressSettings.Text(addresses.Value.Identity), ReturnUrl, cancellationToken));
        }
        catch (ProblemException e)
        {
            return Refuse("", e.Problem);
        }
    }
}
