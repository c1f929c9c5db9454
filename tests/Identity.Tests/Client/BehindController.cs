using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Yinxin.Identity.Client.Forms;

namespace Yinxin.Identity.Tests.Client;

/// <summary>The same as the sample app's endpoint, through MVC and its filters, as a page goes.</summary>
[Authorize]
[Route("/mvc/{name}")]
public sealed class BehindController(IServiceProvider services) : ControllerBase
{
    [HttpGet, HttpPost, IgnoreAntiforgeryToken]
    public async Task<string> ReadAsync(string name)
    {
        var api = (StepUpApi.Caller)services.GetService(typeof(StepUpApi.Caller))!;
        var forms = (KeptForms)services.GetService(typeof(KeptForms))!;
        return await api.ReadAsync(name) + " " + ((await forms.TakeAsync(HttpContext))?["name"][0] ?? "empty");
    }
}
