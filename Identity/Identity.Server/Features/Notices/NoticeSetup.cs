using Yinxin.ServiceDefaults.Outbox;

namespace Yinxin.Identity.Server.Features.Notices;

internal static class NoticeSetup
{
    public static void AddNotices(this WebApplicationBuilder builder)
    {
        builder.Services.AddScoped<INotices, Notices>();
        builder.Services.AddOutboxHandler<NoticeMessages>();
    }
}
