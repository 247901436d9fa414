#!/usr/libexec/skjob/skjob-pod
#SKJOB v1 completionMode=NonIndexed
#SBATCH --job-name=gpu
#SBATCH --array=0
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --gres=gpu:2
apiVersion: batch/v1
kind: Job
metadata:
  name: gpu
spec:
  backoffLimit: 6
  completionMode: NonIndexed
  completions: 1
  manualSelector: false
  parallelism: 1
  podReplacementPolicy: TerminatingOrFailed
  suspend: false
  template:
    metadata: {}
    spec:
      containers:
      - command:
        - sh
        - -c
        - exit 0
        image: busybox:1.36
        imagePullPolicy: IfNotPresent
        name: main
        resources:
          limits:
            amd.com/gpu: "1"
            nvidia.com/gpu: "1"
        terminationMessagePath: /dev/termination-log
        terminationMessagePolicy: File
      dnsPolicy: ClusterFirst
      restartPolicy: Never
      schedulerName: default-scheduler
      securityContext: {}
      terminationGracePeriodSeconds: 30
