using Yinxin.Identity.Faces;
using Yinxin.ServiceDefaults.Problems;

namespace Yinxin.Identity.Server.Features.Raising.RealPersons.Local;

/// <summary>
/// Why frames were not judged. All of these can be put right at once and cost nothing but a try. What the verdict says is not among them: whoever tries
/// another's face is not told how near it came, nor which of the rules held them up. Where no engine was free, or a step is missing, not even the try is lost.
/// </summary>
internal static class FaceProblems
{
    public static readonly Problem Stale = new(
        "faces.stale", 422, "本次核验已失效或已使用过，请返回重新开始。", "This check has lapsed or was used already. Please go back and begin again.");

    public static readonly Problem Incomplete = new(
        "faces.incomplete", 422, "请为每一步拍摄一张照片。", "Please take one picture for each step.");

    public static readonly Problem NotTaken = new(
        "faces.notTaken", 422, "您没有完成拍摄，本次未作比对，也不计入次数。需要时请重新开始。",
        "You left before any pictures were compared; nothing was checked, and it does not count as a try. Begin again whenever you like.");

    public static readonly Problem Crowded = new(
        "faces.crowded", 429, "核验人数较多，或您上一次提交的照片还在处理，请稍后重新提交；本次核验没有作废。",
        "Many people are being checked, or your last pictures are still being looked at. Please send them again in a moment; your check is still open.");

    public static readonly Problem Replayed = new(
        "faces.replayed", 422, "照片重复或已使用过，请现场重新拍摄。", "A picture appears twice or was used before. Please take new ones now.");

    public static readonly Problem NoPhoto = new(
        "faces.noPhoto", 422, "人口库中没有可比对的证件照片，请到政务服务大厅窗口办理。", "There is no photo on file to compare with. Please go to the window of a service hall.");

    private static readonly Problem NotAPicture = new("faces.notAPicture", 422, "文件不是可用的 JPEG 或 PNG 照片，请重新拍摄。", "A file is not a usable JPEG or PNG picture. Please take it again.");
    private static readonly Problem TooLarge = new("faces.tooLarge", 422, "照片过大，每张不超过 4 MB、2500 万像素。", "A picture is too large; at most 4 MB and 25 megapixels each.");
    private static readonly Problem TooSmall = new("faces.tooSmall", 422, "照片中的人脸太小，请靠近一些重新拍摄。", "The face in a picture is too small. Please come nearer and take it again.");
    private static readonly Problem NoFace = new("faces.noFace", 422, "照片中没有找到人脸，请正对镜头、光线充足处重新拍摄。", "No face was found in a picture. Please face the camera in good light and take it again.");
    private static readonly Problem Several = new("faces.several", 422, "照片中不止一张人脸，请独自重新拍摄。", "There is more than one face in a picture. Please take it again alone.");
    private static readonly Problem Busy = new("faces.busy", 503, "核验人数较多，请稍后再试；您拍摄的步骤没有作废。", "Many people are being checked. Please try again in a while; your check is still open.");

    public static Problem Of(FaceFault fault) => fault switch
    {
        FaceFault.NotAPicture => NotAPicture,
        FaceFault.TooLarge => TooLarge,
        FaceFault.TooSmall => TooSmall,
        FaceFault.NoFace => NoFace,
        FaceFault.SeveralFaces => Several,
        _ => Busy,
    };
}
