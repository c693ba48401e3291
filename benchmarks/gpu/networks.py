"""The two networks of the loops in Python: ResNet-32 for images of 32x32 and ResNet-50."""

from torch import nn
from torch.nn import functional


def conv(inputs, outputs, side, stride=1):
    return nn.Conv2d(inputs, outputs, side, stride=stride, padding=side // 2, bias=False)


class BasicBlock(nn.Module):
    """Two 3x3 convolutions beside a shortcut without parameters (option A)."""

    def __init__(self, inputs, outputs):
        super().__init__()
        self.padding = (outputs - inputs) // 2
        self.conv1, self.bn1 = conv(inputs, outputs, 3, outputs // inputs), nn.BatchNorm2d(outputs)
        self.conv2, self.bn2 = conv(outputs, outputs, 3), nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        out = self.bn2(self.conv2(self.relu(self.bn1(self.conv1(x)))))
        if self.padding:
            x = functional.pad(x[:, :, ::2, ::2], (0, 0, 0, 0, self.padding, self.padding))
        return self.relu(out + x)


class Bottleneck(nn.Module):
    """1x1, 3x3 and 1x1 convolutions beside a shortcut, projected where shapes differ; the stride is in the 3x3."""

    def __init__(self, inputs, width, stride):
        super().__init__()
        outputs = 4 * width
        self.conv1, self.bn1 = conv(inputs, width, 1), nn.BatchNorm2d(width)
        self.conv2, self.bn2 = conv(width, width, 3, stride), nn.BatchNorm2d(width)
        self.conv3, self.bn3 = conv(width, outputs, 1), nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU(inplace=True)
        self.shortcut = nn.Identity()
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Sequential(conv(inputs, outputs, 1, stride), nn.BatchNorm2d(outputs))

    def forward(self, x):
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.relu(self.bn2(self.conv2(out)))
        return self.relu(self.bn3(self.conv3(out)) + self.shortcut(x))


class Pooled(nn.Module):
    """Mean over the map, then the classifier."""

    def __init__(self, features, classes):
        super().__init__()
        self.linear = nn.Linear(features, classes)

    def forward(self, x):
        return self.linear(x.mean((2, 3)))


def cifar_resnet(depth, classes):
    """6n + 2 layers (He et al., CVPR 2016, section 4.2)."""
    blocks = [
        BasicBlock(inputs if block == 0 else outputs, outputs)
        for inputs, outputs in ((16, 16), (16, 32), (32, 64))
        for block in range((depth - 2) // 6)
    ]
    return nn.Sequential(conv(3, 16, 3), nn.BatchNorm2d(16), nn.ReLU(inplace=True), *blocks, Pooled(64, classes))


def resnet50(classes):
    blocks = []
    inputs = 64
    for width, count, stride in ((64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)):
        for block in range(count):
            blocks.append(Bottleneck(inputs, width, stride if block == 0 else 1))
            inputs = 4 * width
    stem = [conv(3, 64, 7, 2), nn.BatchNorm2d(64), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1)]
    return nn.Sequential(*stem, *blocks, Pooled(2048, classes))


def network(name, classes):
    """By the name that the tool has for it."""
    return resnet50(classes) if name == "resnet50" else cifar_resnet(int(name[len("resnet") :]), classes)
