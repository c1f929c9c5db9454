using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Yinxin.Identity.Client.Forms;

namespace Yinxin.Identity.Tests.Client;

/// <summary>The same as the sample app's endpoint, through MVC and its filters, as a page goes.</summary>
[Authorize]
[Route("/mvc/{api}")]
public sealed class BehindController(IServiceProvider services) : ControllerBase
{
    [HttpGet, HttpPost, IgnoreAntiforgeryToken]
    public async Task<string> ReadAsync([FromRoute] string api)
    {
        var caller = (StepUpApi.Caller)services.GetService(typeof(StepUpApi.Caller))!;
        var forms = (KeptForms)services.GetService(typeof(KeptForms))!;
        return await caller.ReadAsync(api) + " " + ((await forms.TakeAsync(HttpContext))?["name"][0] ?? "empty");
    }
}
