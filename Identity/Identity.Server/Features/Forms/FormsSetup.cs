using Microsoft.AspNetCore.Mvc;

namespace Yinxin.Identity.Server.Features.Forms;

internal static class FormsSetup
{
    public static void AddForms(this WebApplicationBuilder builder)
    {
        builder.Services.Configure<MvcOptions>(options => options.Filters.Add<SoundForms>());
        builder.Services.AddSingleton<KeptForms>();
    }
}
