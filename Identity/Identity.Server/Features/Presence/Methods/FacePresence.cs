using Yinxin.Identity.Server.Features.Raising.RealPersons;
using Yinxin.Identity.Server.Features.Raising.Ways;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Presence.Methods;

/// <summary>Random actions before a camera, compared with the photo on file by whoever does so for the real-person check too.</summary>
internal sealed class FacePresence(IRealPersonProvider provider) : IPresenceMethod
{
    private const int ActionCount = 4;

    public string Name => PresenceMethodNames.Face;

    public string Source => provider.Source;

    public string EvidenceMethod => $"face-and-{ActionCount}-actions";

    public IReadOnlyList<string> Compared { get; } = ["face"];

    public double LeastScore => provider.LeastScore;

    public bool IsOpen => provider.IsOpen;

    public Words Title { get; } = new("人脸：对着镜头做四个动作", "Face: four actions before a camera");

    public Words Data { get; } = new("人脸信息", "your face");

    public Words Processing => provider.IsHere
        ? new("在下一页按提示依次做四个随机动作并拍摄照片，由本平台与公安人口库的证件照片比对。",
            "On the next page you do four random actions in the order shown and take a picture of each; this platform compares them with the photo on file at the population library.")
        : new("在人口库的核验页面按提示依次做四个随机动作，与您的证件照片比对。",
            "On the page of the population library's service you do four random actions in the order shown, and are compared with the photo of your ID card.");

    public Problem Refused { get; } = new(
        PresenceProblems.NotConfirmed, 422, "未能确认是您本人在场。请在光线充足处正对镜头，按提示的顺序做动作后重试。", "We could not tell that it is you. Please try again in good light, facing the camera, doing the actions in the order shown.");

    public IReadOnlyList<string> Draw() => provider.Draw(ActionCount);

    public Task<(string Reference, string Address)> OpenAsync(Guid session, string idNumber, string name, IReadOnlyList<string> challenge, string returnTo, CancellationToken cancellationToken) =>
        provider.OpenAsync(session, idNumber, name, challenge, returnTo, cancellationToken);

    public async Task<PresenceSeen> ResultAsync(string reference, CancellationToken cancellationToken)
    {
        var result = await provider.ResultAsync(reference, cancellationToken);
        return new PresenceSeen(result.Answer, result.Score, result.Live, result.Actions);
    }
}
